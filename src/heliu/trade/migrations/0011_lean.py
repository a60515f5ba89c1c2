"""An order's facts in fewer plans; what is empty has no place in an index of deals."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parent.parent / "sql"
LINES = "trade_line_facts(uuid[], uuid[], int[], uuid[], bigint[], date, timestamptz)"


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ("trade", "0010_cover"),
        ("idempotency", "0005_kept"),
        ("posting", "0008_apply"),
        ("pricing", "0005_best"),
        ("stock", "0006_promise"),
    ]
    operations = [
        migrations.RunSQL((SQL / "line_facts.sql").read_text(), f"drop function {LINES}"),
        *[
            migrations.RunSQL((SQL / f"{name}.sql").read_text(), migrations.RunSQL.noop)
            for name in ("order_facts", "place", "orders_asked", "orders_written")
        ],
        migrations.AlterField("deal", "number", models.CharField(max_length=20)),
        migrations.AlterField("deal", "loan_id", models.UUIDField(null=True, blank=True)),
        migrations.AlterField("deal", "pledge_id", models.UUIDField(null=True, blank=True)),
        migrations.AddConstraint(
            "deal", models.UniqueConstraint(fields=["number"], name="one_deal_per_number")
        ),
        migrations.AddConstraint(
            "deal",
            models.UniqueConstraint(
                fields=["loan_id"], condition=Q(loan_id__isnull=False), name="deal_loan"
            ),
        ),
        migrations.AddConstraint(
            "deal",
            models.UniqueConstraint(
                fields=["pledge_id"], condition=Q(pledge_id__isnull=False), name="deal_pledge"
            ),
        ),
        migrations.RemoveIndex("deal", "deal_lender"),
        migrations.RemoveIndex("deal", "deal_custodian"),
        migrations.AddIndex(
            "deal",
            models.Index(
                fields=["lender", "-opened_at"],
                condition=Q(lender__isnull=False),
                name="deal_lender",
            ),
        ),
        migrations.AddIndex(
            "deal",
            models.Index(
                fields=["custodian", "-opened_at"],
                condition=Q(custodian__isnull=False),
                name="deal_custodian",
            ),
        ),
    ]
