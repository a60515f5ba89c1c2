"""Lists in other currencies; they answer to those who trade in them."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parent.parent / "sql"
TRADED = ["CNY", "USD", "EUR", "GBP", "JPY", "HKD", "KRW", "SGD", "AUD"]
RULES = {
    "price_list_currency_known": (
        f"currency in ({', '.join(repr(one) for one in TRADED)})",
        Q(currency__in=TRADED),
    ),
    "default_list_in_our_money": (
        "not is_default or currency = 'CNY'",
        Q(is_default=False) | Q(currency="CNY"),
    ),
}


class Migration(migrations.Migration):
    reviewed = "Old code writes lists in CNY alone: it cannot meet the constraints with others."
    dependencies = [("pricing", "0016_to_pay"), ("parties", "0019_abroad")]
    operations = [
        migrations.RemoveConstraint("pricelist", "price_list_in_our_money"),
        *(
            migrations.SeparateDatabaseAndState(
                database_operations=[
                    migrations.RunSQL(
                        f"alter table pricing_pricelist add constraint {name} check ({rule})"
                        " not valid",
                        f"alter table pricing_pricelist drop constraint {name}",
                    )
                ],
                state_operations=[
                    migrations.AddConstraint(
                        "pricelist", models.CheckConstraint(condition=condition, name=name)
                    )
                ],
            )
            for name, (rule, condition) in RULES.items()
        ),
        migrations.RunSQL(
            [(SQL / f"pricing_{name}.sql").read_text() for name in ("currency", "answer", "rewards")],
            migrations.RunSQL.noop,
        ),
    ]
