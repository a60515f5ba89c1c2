"""Seals are verified in one pass in their order, whatever the size of the ledger."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("posting", "0005_journals")]
    operations = [
        migrations.RunSQL((SQL / "verify.sql").read_text(), migrations.RunSQL.noop),
    ]
