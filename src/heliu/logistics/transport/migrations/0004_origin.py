"""A shipment tells which house of its sender it came out of."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('transport', '0003_carriage'),
    ]

    operations = [
        migrations.AddField(
            model_name='shipment',
            name='origin',
            field=models.UUIDField(blank=True, null=True),
        ),
    ]
