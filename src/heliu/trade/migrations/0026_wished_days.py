"""Orders are written with the days on which goods are wished, and judged by the least they must come
to.

What writes takes more arguments: old code goes on calling the functions of fewer. What asks answers
old code as before: the same arguments, and under the same names the same columns, one more beside
them.
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
    dependencies = [
        ("trade", "0025_prices"),
        ("ordering", "0009_wished_days"),
        ("parties", "0012_least_order"),
    ]
    operations = [
        migrations.RunSQL(
            [
                *OTHER_COLUMNS,
                *(
                    (SQL / f"{name}.sql").read_text()
                    for name in ("order_facts", "orders_asked", "place", "orders_written")
                ),
            ],
            migrations.RunSQL.noop,
        )
    ]
