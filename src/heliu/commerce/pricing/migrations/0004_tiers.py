"""A price is read from the index of tiers, the first list that has one first."""

from pathlib import Path

from django.db import migrations

RESOLVE = (Path(__file__).parent.parent / "sql" / "pricing_resolve.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("pricing", "0003_pairs")]
    operations = [migrations.RunSQL(RESOLVE, migrations.RunSQL.noop)]
