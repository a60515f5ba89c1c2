"""A quantity in which goods are not ordered has no price, whichever door asks."""

from pathlib import Path

from django.db import migrations

LINES = (Path(__file__).parent.parent / "sql" / "line_facts.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("trade", "0021_reckoned_anew"), ("goods", "0003_packs")]
    operations = [migrations.RunSQL(LINES, migrations.RunSQL.noop)]
