"""Fewer indexes and keys to keep while an order is placed.

The index of numbers for LIKE was of no use below a row policy. Forty checks that lines have the
order that was written a moment ago cost a twentieth of the work on it; orders are never deleted.
"""

from pathlib import Path

from django.db import migrations, models

CHECK = (Path(__file__).parent.parent / "sql" / "ordering_check.sql").read_text()
FROZEN = """
create function ordering_kept() returns trigger language plpgsql as
$$ begin raise exception '% stay for ever', tg_table_name using errcode = 'HL405'; end $$;
create trigger kept before delete or truncate on ordering_order
    for each statement execute function ordering_kept();
"""
THAW = "drop trigger kept on ordering_order; drop function ordering_kept();"


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [("ordering", "0005_lists")]
    operations = [
        migrations.AlterField(
            "orderline",
            "order",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.PROTECT,
                related_name="lines",
                to="ordering.order",
            ),
        ),
        migrations.RunSQL(FROZEN, THAW),
        migrations.RunSQL(CHECK, "drop function ordering_check"),
        migrations.AlterField("order", "number", models.CharField(max_length=20)),
        migrations.AddConstraint(
            "order", models.UniqueConstraint(fields=["number"], name="one_order_per_number")
        ),
    ]
