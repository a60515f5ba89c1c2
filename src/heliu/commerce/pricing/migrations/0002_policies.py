"""A price list is its seller's; a buyer learns its prices through `pricing_resolve` only."""

from pathlib import Path

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

from heliu.kernel.access.row_policies import police

RESOLVE = (Path(__file__).parent.parent / "sql" / "pricing_resolve.sql").read_text()

# In SQL, because the extension must be there before the constraint and 0001 is made by machine.
NO_OVERLAP = """
alter table pricing_listprice add constraint list_price_no_overlap exclude using gist (
    price_list_id with =, sku_id with =, min_quantity with =,
    daterange(valid_from, valid_to, '[]') with &&);
alter table pricing_pricelistbuyer add constraint assignment_no_overlap exclude using gist (
    buyer with =, price_list_id with =, daterange(valid_from, valid_to, '[]') with &&);
"""
OVERLAP = """
alter table pricing_listprice drop constraint list_price_no_overlap;
alter table pricing_pricelistbuyer drop constraint assignment_no_overlap;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0001_initial"),
        ("access", "0002_policies"),
        ("parties", "0002_policies"),
    ]
    operations = [
        BtreeGistExtension(),
        migrations.RunSQL(NO_OVERLAP, OVERLAP),
        police("pricing_pricelist", "seller"),
        police("pricing_pricelistbuyer", "seller"),
        police("pricing_listprice", "seller"),
        migrations.RunSQL(RESOLVE, "drop function pricing_resolve"),
    ]
