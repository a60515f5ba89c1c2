"""A shipment is seen by its sender, its warehouse, its owner and the lender who paid for it."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

PARTIES = ("sender", "warehouse", "owner", "lender")


class Migration(migrations.Migration):
    dependencies = [("transport", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("transport_shipment", *PARTIES),
        police("transport_shipmentline", *PARTIES),
        police("transport_milestone", *PARTIES),
    ]
