"""A shipment keeps its carrier's name in both languages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transport", "0005_ship_to")]
    operations = [
        migrations.AddField(
            "shipment",
            "carrier_name_zh",
            models.CharField(blank=True, db_default="", max_length=80),
        )
    ]
