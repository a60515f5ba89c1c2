"""Deliveries of long ago are thrown away; the check asks for those that are kept."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0002_policies")]
    operations = [
        migrations.AddField("relay", "tidied_to", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(
            (SQL / "webhooks_missing.sql").read_text(),
            (SQL / "webhooks_missing_0002.sql").read_text(),
        ),
    ]
