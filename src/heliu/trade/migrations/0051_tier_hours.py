"""How soon cases of a tier's customers are answered and solved."""

from django.db import migrations, models
from django.db.models import F, Q

HOURS = "tier_hours_in_bounds"
HELD = Q(answer_hours=None, solve_hours=None) | Q(
    answer_hours__isnull=False, solve_hours__isnull=False, answer_hours__gte=1,
    solve_hours__gte=F("answer_hours"), solve_hours__lte=2160,
)  # fmt: skip


class Migration(migrations.Migration):
    reviewed = "Old code writes no hours: what it writes meets the constraint."
    dependencies = [("trade", "0050_exchanged"), ("parties", "0017_hours")]
    operations = [
        *(
            migrations.AddField(
                "tieroffer", name, models.PositiveSmallIntegerField(blank=True, null=True)
            )
            for name in ("answer_hours", "solve_hours")
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"alter table trade_tieroffer add constraint {HOURS} check ("
                    " (answer_hours is null and solve_hours is null)"
                    " or (answer_hours is not null and solve_hours is not null"
                    " and answer_hours >= 1 and solve_hours between answer_hours and 2160))"
                    " not valid",
                    f"alter table trade_tieroffer drop constraint {HOURS}",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    "tieroffer", models.CheckConstraint(condition=HELD, name=HOURS)
                )
            ],
        ),
    ]
