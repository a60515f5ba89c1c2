"""No price list in a currency in which nothing is traded (docs/decisions/0019)."""

from django.db import migrations, models

RULE = "price_list_in_our_money"


class Migration(migrations.Migration):
    reviewed = "Old code writes no other currency than CNY."
    dependencies = [("pricing", "0014_reckoned_anew")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"alter table pricing_pricelist add constraint {RULE}"
                    " check (currency = 'CNY') not valid",
                    f"alter table pricing_pricelist drop constraint {RULE}",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    "pricelist",
                    models.CheckConstraint(condition=models.Q(currency="CNY"), name=RULE),
                )
            ],
        ),
    ]
