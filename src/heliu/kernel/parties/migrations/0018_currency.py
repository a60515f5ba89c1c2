"""Two who trade have one currency."""

from django.db import migrations, models

RULE = "relationship_currency_known"
TRADED = ["CNY", "USD", "EUR", "GBP", "JPY", "HKD", "KRW", "SGD", "AUD"]


class Migration(migrations.Migration):
    reviewed = "Old code writes no currency: it cannot meet the constraint with another."
    dependencies = [("parties", "0017_hours")]
    operations = [
        migrations.AddField(
            "tradingrelationship",
            "currency",
            models.CharField(db_default="CNY", default="CNY", max_length=3),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"alter table parties_tradingrelationship add constraint {RULE} check"
                    f" (currency in ({', '.join(repr(one) for one in TRADED)})) not valid",
                    f"alter table parties_tradingrelationship drop constraint {RULE}",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    "tradingrelationship",
                    models.CheckConstraint(
                        condition=models.Q(currency__in=TRADED), name=RULE
                    ),
                )
            ],
        ),
    ]
