"""Asking about orders moves sequences and writes nothing: its commit does not wait for the disk."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("trade", "0060_two_lines_and_gifts")]
    operations = [
        migrations.RunSQL((SQL / "orders_asked.sql").read_text(), migrations.RunSQL.noop)
    ]
