"""Prices for several pairs at once, the tiers only for whoever shows them; indexes that hold all."""

from pathlib import Path

from django.db import migrations, models

RESOLVE = (Path(__file__).parent.parent / "sql" / "pricing_resolve.sql").read_text()
BEFORE = "drop function if exists pricing_resolve(uuid, uuid, uuid[], bigint[], date)"


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [("pricing", "0002_policies")]
    operations = [
        migrations.RunSQL([BEFORE, RESOLVE], migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="listprice", name="list_price_tiers"),
        migrations.AddIndex(
            model_name="listprice",
            index=models.Index(
                fields=["sku", "price_list", "min_quantity"],
                include=["amount", "valid_from", "valid_to"],
                name="list_price_tiers",
            ),
        ),
        migrations.RemoveIndex(model_name="pricelistbuyer", name="price_list_buyer"),
        migrations.AddIndex(
            model_name="pricelistbuyer",
            index=models.Index(
                fields=["buyer", "seller"],
                include=["price_list", "valid_from", "valid_to"],
                name="price_list_buyer",
            ),
        ),
    ]
