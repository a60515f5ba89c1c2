"""Restricted goods can be ordered by the buyers in their circles only, by whichever door."""

from pathlib import Path

from django.db import migrations

LINES = Path(__file__).parent.parent / "sql" / "line_facts.sql"


class Migration(migrations.Migration):
    dependencies = [("trade", "0022_packs"), ("catalogue", "0004_search")]
    operations = [migrations.RunSQL(LINES.read_text(), migrations.RunSQL.noop)]
