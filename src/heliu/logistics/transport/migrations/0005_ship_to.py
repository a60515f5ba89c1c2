"""A shipment says to which address its goods go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transport", "0004_origin")]
    operations = [
        migrations.AddField("shipment", "ship_to", models.JSONField(blank=True, null=True)),
    ]
