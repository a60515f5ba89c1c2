"""Operators suspend, let in again and close."""

from pathlib import Path

from django.db import migrations

STAND = (Path(__file__).parent.parent / "sql" / "parties_stand.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("parties", "0010_no_cycle"), ("access", "0009_standing")]
    operations = [migrations.RunSQL(STAND, "drop function parties_stand")]
