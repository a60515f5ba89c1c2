"""Tax data and rates are their house's; an invoice is its two sides'."""

from django.db import migrations

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("vat", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("vat_taxhouse", "org"),
        police("vat_taxrate", "seller"),
        police("vat_vatinvoice", "seller", "buyer"),
        police("vat_vatline", "seller", "buyer"),
    ]
