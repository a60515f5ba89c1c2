"""Orders are decided with what they earn as a whole, and written with it.

What writes takes one more argument: old code goes on calling the functions of fewer. What asks answers
old code as before, one more column beside the others.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
OTHER_COLUMNS = [
    "drop function if exists trade_orders_asked(bytea[], text[], uuid[], text[], text[], text,"
    " int[], uuid[], bigint[], date, timestamptz, boolean)",
    "drop function if exists trade_order_facts(uuid[], uuid[], text[], text[], int[], uuid[],"
    " bigint[], date, timestamptz, boolean)",
]


class Migration(migrations.Migration):
    reviewed = "What is dropped is there again at once and gives old code what it gave before."
    dependencies = [("trade", "0033_short"), ("pricing", "0012_rewards")]
    operations = [
        migrations.RunSQL(
            [
                *OTHER_COLUMNS,
                *(
                    (SQL / f"{name}.sql").read_text()
                    for name in ("order_gains", "order_facts", "orders_asked", "place", "orders_written")
                ),
            ],
            migrations.RunSQL.noop,
        )
    ]
