"""Orders are written with the addresses that were named; old code goes on calling the functions of fewer
arguments.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("trade", "0031_tiers"), ("ordering", "0011_ship_to")]
    operations = [
        migrations.RunSQL(
            [(SQL / f"{name}.sql").read_text() for name in ("place", "orders_written")],
            migrations.RunSQL.noop,
        )
    ]
