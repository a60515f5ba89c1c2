"""Cases close by themselves after so many days without a word."""

from django.db import migrations, models

QUIET = "case_quiet_is_closed"
DAYS = "service_level_quiet_days"


class Migration(migrations.Migration):
    reviewed = "Old code writes neither: what it writes meets the constraints."
    dependencies = [("cases", "0002_policies")]
    operations = [
        migrations.AddField(
            "servicelevel",
            "quiet_days",
            models.PositiveSmallIntegerField(blank=True, db_default=14, default=14, null=True),
        ),
        migrations.AddField(
            "case", "is_quiet", models.BooleanField(db_default=False, default=False)
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"alter table cases_servicelevel add constraint {DAYS}"
                    " check (quiet_days is null or quiet_days between 1 and 365) not valid",
                    f"alter table cases_servicelevel drop constraint {DAYS}",
                ),
                migrations.RunSQL(
                    f"alter table cases_case add constraint {QUIET}"
                    " check (not is_quiet or status = 'CLOSED') not valid",
                    f"alter table cases_case drop constraint {QUIET}",
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    "servicelevel",
                    models.CheckConstraint(
                        condition=models.Q(quiet_days=None)
                        | models.Q(quiet_days__gte=1, quiet_days__lte=365),
                        name=DAYS,
                    ),
                ),
                migrations.AddConstraint(
                    "case",
                    models.CheckConstraint(
                        condition=models.Q(is_quiet=False) | models.Q(status="CLOSED"), name=QUIET
                    ),
                ),
            ],
        ),
    ]
