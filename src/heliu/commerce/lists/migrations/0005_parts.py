"""A recurring order may be wished in parts."""

from django.db import migrations, models

PARTS = "recurring_in_parts"
RULE = (
    "(parts is null and parts_apart is null"
    " or parts between 2 and 24 and parts_apart between 1 and 90)"
)


class Migration(migrations.Migration):
    reviewed = "Old code writes no parts: what it writes meets the constraint."
    dependencies = [("lists", "0004_address")]
    operations = [
        migrations.AddField(
            "recurringorder", "parts", models.PositiveSmallIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            "recurringorder", "parts_apart", models.PositiveSmallIntegerField(blank=True, null=True)
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"alter table lists_recurringorder add constraint {PARTS}"
                    f" check {RULE} not valid",
                    f"alter table lists_recurringorder drop constraint {PARTS}",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    "recurringorder",
                    models.CheckConstraint(
                        condition=models.Q(parts=None, parts_apart=None)
                        | models.Q(
                            parts__gte=2, parts__lte=24, parts_apart__gte=1, parts_apart__lte=90
                        ),
                        name=PARTS,
                    ),
                )
            ],
        ),
    ]
