"""Budgets that are younger than an order bind what it becomes by a change."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

JOINED = (Path(__file__).parent.parent / "sql" / "joined.sql").read_text()
DROP = """
drop function spending_budgets_joined;
drop function spending_needs_centre"""


class Migration(migrations.Migration):
    reviewed = "The unique rule is narrowed to live rows: what old code writes passes."
    dependencies = [("spending", "0007_warns")]
    operations = [
        migrations.RemoveConstraint("charge", "one_charge_per_budget"),
        migrations.AddConstraint(
            "charge",
            models.UniqueConstraint(
                fields=["order_id", "period"],
                condition=~Q(status="FREED"),
                name="one_charge_per_budget",
            ),
        ),
        migrations.RunSQL(JOINED, DROP),
    ]
