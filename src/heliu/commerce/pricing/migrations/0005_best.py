"""The lists that decide and the price in them have functions of their own."""

from pathlib import Path

from django.db import migrations

RESOLVE = (Path(__file__).parent.parent / "sql" / "pricing_resolve.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("pricing", "0004_tiers")]
    operations = [migrations.RunSQL(RESOLVE, migrations.RunSQL.noop)]
