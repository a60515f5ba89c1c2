"""Goods that counts found missing, and whether the others cover the debt."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pledges', '0005_taker_name'),
    ]

    operations = [
        migrations.AddField(
            model_name='pledge',
            name='missing_value',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='pledge',
            name='short_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
