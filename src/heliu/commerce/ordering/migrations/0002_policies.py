"""An order is seen by its buyer, its seller and whoever finances it; a cart by its buyer."""

from django.db import migrations

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("ordering", "0001_initial"), ("access", "0002_policies")]
    operations = [
        police("ordering_order", "buyer", "seller", "lender"),
        police("ordering_orderline", "buyer", "seller", "lender"),
        police("ordering_cart", "buyer"),
        police("ordering_cartline", "buyer"),
    ]
