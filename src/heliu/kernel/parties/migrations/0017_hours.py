"""How soon a customer's cases are answered and solved, by its tier; none but the worker, who gives
what a tier gets, writes it."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import F, Q

SQL = (Path(__file__).parent.parent / "sql" / "parties_hours.sql").read_text()
HOURS = "relationship_hours"
HELD = Q(answer_hours=None, solve_hours=None) | Q(
    answer_hours__isnull=False, solve_hours__isnull=False,
    answer_hours__gte=1, solve_hours__gte=F("answer_hours"),
)  # fmt: skip


class Migration(migrations.Migration):
    reviewed = "Old code writes no hours: what it writes meets the constraint."
    dependencies = [("parties", "0016_pause")]
    operations = [
        *(
            migrations.AddField(
                "tradingrelationship",
                name,
                models.PositiveSmallIntegerField(blank=True, null=True),
            )
            for name in ("answer_hours", "solve_hours")
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"alter table parties_tradingrelationship add constraint {HOURS} check ("
                    " (answer_hours is null and solve_hours is null)"
                    " or (answer_hours is not null and solve_hours is not null"
                    " and answer_hours >= 1 and solve_hours >= answer_hours)) not valid",
                    f"alter table parties_tradingrelationship drop constraint {HOURS}",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    "tradingrelationship", models.CheckConstraint(condition=HELD, name=HOURS)
                )
            ],
        ),
        migrations.RunSQL(
            SQL,
            "drop trigger hours_guarded on parties_tradingrelationship;"
            " drop function parties_hours_guarded",
        ),
    ]
