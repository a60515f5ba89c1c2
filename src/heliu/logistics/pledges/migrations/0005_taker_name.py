"""For whom sold goods are fetched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('pledges', '0004_taker'),
    ]

    operations = [
        migrations.AddField(
            model_name='releaseorder',
            name='taker_name',
            field=models.CharField(blank=True, db_default='', max_length=120),
        ),
    ]
