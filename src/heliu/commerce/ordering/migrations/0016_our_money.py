"""No order in a currency in which nothing is traded (docs/decisions/0019)."""

from django.db import migrations, models

RULE = "order_in_our_money"


class Migration(migrations.Migration):
    reviewed = "Old code writes no other currency than CNY."
    dependencies = [("ordering", "0015_pad_days")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"alter table ordering_order add constraint {RULE}"
                    " check (currency = 'CNY') not valid",
                    f"alter table ordering_order drop constraint {RULE}",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    "order",
                    models.CheckConstraint(condition=models.Q(currency="CNY"), name=RULE),
                )
            ],
        ),
    ]
