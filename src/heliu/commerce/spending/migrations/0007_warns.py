"""A budget that only warns, beside those that stop."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

MET = (Path(__file__).parent.parent / "sql" / "budgets_met.sql").read_text()


class Migration(migrations.Migration):
    reviewed = "The unique rule grows by a column: what old code writes passes."
    dependencies = [("spending", "0006_parts"), ("posting", "0001_initial")]
    operations = [
        migrations.AddField(
            "budget", "only_warns", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(
            "budgetperiod", "warned_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.RemoveConstraint("budget", "one_budget_per_thing_and_period"),
        migrations.AddConstraint(
            "budget",
            models.UniqueConstraint(
                fields=["org", "cost_centre", "person", "period", "only_warns"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="one_budget_per_thing_and_period",
            ),
        ),
        migrations.RunSQL(MET, "drop function spending_warned"),
    ]
