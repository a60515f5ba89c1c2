"""An order is in the currency in which the two trade."""

from pathlib import Path

from django.db import migrations

CURRENCY = (Path(__file__).parent.parent / "sql" / "ordering_currency.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("ordering", "0017_one_sort"), ("parties", "0019_abroad")]
    operations = [
        migrations.RemoveConstraint("order", "order_in_our_money"),
        migrations.RunSQL(CURRENCY, migrations.RunSQL.noop),
    ]
