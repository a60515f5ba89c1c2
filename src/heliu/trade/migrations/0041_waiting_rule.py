"""Back-orders by tier or for one buyer, and whose orders come up first."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"
TURN = "tier_turn_of_nine"


class Migration(migrations.Migration):
    reviewed = "Old code writes no turn: what it writes meets the constraint."
    dependencies = [("trade", "0040_prices_paid"), ("stock", "0008_waiting")]
    operations = [
        migrations.AddField(
            "tieroffer", "may_wait", models.BooleanField(default=True, db_default=True)
        ),
        migrations.AddField(
            "tieroffer", "turn", models.PositiveSmallIntegerField(default=5, db_default=5)
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"alter table trade_tieroffer add constraint {TURN}"
                    " check (turn between 1 and 9) not valid",
                    f"alter table trade_tieroffer drop constraint {TURN}",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    "tieroffer",
                    models.CheckConstraint(
                        condition=models.Q(turn__gte=1, turn__lte=9), name=TURN
                    ),
                )
            ],
        ),
        *(
            migrations.RunSQL((SQL / f"{name}.sql").read_text(), migrations.RunSQL.noop)
            for name in ("waiting_rule", "order_facts", "place")
        ),
    ]
