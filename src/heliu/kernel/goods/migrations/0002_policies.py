"""A seller's goods are seen by the seller and by whoever knows it; the words of units by all."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

KNOWN = (
    "seller in (select knows from parties_acquaintance"
    " where org = any ((select heliu_orgs())::uuid[]))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("goods", "0001_initial"),
        ("access", "0001_initial"),
        ("parties", "0002_policies"),
    ]
    operations = [police("goods_sku", "seller", condition=KNOWN)]
