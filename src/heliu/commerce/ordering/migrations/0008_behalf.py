"""Whoever orders in a customer's name has the pad of this customer with its own house: the one of
the house and one of its own, none of the customer's people."""

from django.db import migrations

BEHALF = "nullif(current_setting('heliu.behalf', true), '')::uuid[]"
CARTS = f"""create policy behalf on ordering_cart to heliu_web using (
    buyer = (select ({BEHALF})[1]) and ("user" is null or "user" = (select ({BEHALF})[2]))
    and seller = any ((select heliu_orgs())::uuid[]))"""
LINES = f"""create policy behalf on ordering_cartline to heliu_web using (
    buyer = (select ({BEHALF})[1])
    and exists (select from ordering_cart c where c.id = cart_id))"""


class Migration(migrations.Migration):
    dependencies = [("ordering", "0007_house_pad"), ("access", "0002_policies")]
    operations = [
        migrations.RunSQL(CARTS, "drop policy behalf on ordering_cart"),
        migrations.RunSQL(LINES, "drop policy behalf on ordering_cartline"),
    ]
