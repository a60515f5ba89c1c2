"""How the orders of customers of a tier are confirmed: by themselves, or by several persons."""

from django.db import migrations, models

CLEAR = """alter table trade_tieroffer add constraint tier_yes_is_clear check (
    (passes_to is null or passes_to >= 0) and (agreed_from is null or agreed_from >= 0)
    and (passes_to is null or agreed_from is null or agreed_from > passes_to)) not valid"""
SOME = """alter table trade_tieroffer add constraint tier_yes_of_some check (
    agreed_people >= 1 and agreed_people <= 5) not valid"""
NONE = models.Q(passes_to=None) | models.Q(agreed_from=None)


class Migration(migrations.Migration):
    reviewed = "Old code writes neither bound: what it writes meets the constraints."
    dependencies = [("trade", "0036_cover")]
    operations = [
        migrations.AddField("tieroffer", "passes_to", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField("tieroffer", "agreed_from", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField(
            "tieroffer", "agreed_people", models.PositiveSmallIntegerField(default=1, db_default=1)
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(CLEAR, "alter table trade_tieroffer drop constraint tier_yes_is_clear"),
                migrations.RunSQL(SOME, "alter table trade_tieroffer drop constraint tier_yes_of_some"),
            ],
            state_operations=[
                migrations.AddConstraint(
                    "tieroffer",
                    models.CheckConstraint(
                        condition=(models.Q(passes_to=None) | models.Q(passes_to__gte=0))
                        & (models.Q(agreed_from=None) | models.Q(agreed_from__gte=0))
                        & (NONE | models.Q(agreed_from__gt=models.F("passes_to"))),
                        name="tier_yes_is_clear",
                    ),
                ),
                migrations.AddConstraint(
                    "tieroffer",
                    models.CheckConstraint(
                        condition=models.Q(agreed_people__gte=1, agreed_people__lte=5),
                        name="tier_yes_of_some",
                    ),
                ),
            ],
        ),
    ]
