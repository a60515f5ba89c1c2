"""A contract keeps the currency of its prices."""

from django.db import migrations, models

FILL = (
    "update pricing_contract c set currency = l.currency from pricing_pricelist l"
    " where l.id = c.price_list_id and l.currency <> c.currency"
)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0017_currencies")]
    operations = [
        migrations.AddField(
            "contract",
            "currency",
            models.CharField(max_length=3, default="CNY", db_default="CNY"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
