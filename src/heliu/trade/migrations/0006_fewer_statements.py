"""The facts of orders in fewer statements; the steps of a deal without a second index."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ("trade", "0005_gauges"),
        ("idempotency", "0004_store"),
        ("posting", "0004_place"),
        ("pricing", "0004_tiers"),
        ("stock", "0005_known"),
    ]
    operations = [
        migrations.RunSQL((SQL / "order_facts.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "place.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(
            (SQL / "orders_asked.sql").read_text(), "drop function trade_orders_asked"
        ),
        migrations.RunSQL(
            (SQL / "orders_written.sql").read_text(), "drop function trade_orders_written"
        ),
        migrations.AlterField(
            model_name="dealstep",
            name="deal",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="trade.deal",
            ),
        ),
    ]
