"""Houses for those who deal with their keeper; counts, receipts and picks for their parties."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

KNOWN = (
    "org in (select knows from parties_acquaintance"
    " where org = any ((select heliu_orgs())::uuid[]))"
)
# What the keeper signed is signed.
SIGNED = """
create function warehousing_receipt_signed() returns trigger language plpgsql as $$
begin
    raise exception 'a receipt says what its keeper signed' using errcode = 'HL405';
end $$;
create trigger signed before update on warehousing_warehousereceipt for each row
    when (old.content is distinct from new.content or old.content_hash <> new.content_hash
          or old.number <> new.number or old.warehouse <> new.warehouse or old.owner <> new.owner)
    execute function warehousing_receipt_signed();
create trigger kept before delete on warehousing_warehousereceipt for each row
    execute function warehousing_receipt_signed();
create trigger kept before update or delete on warehousing_pickattempt for each row
    execute function warehousing_receipt_signed();
"""
UNSIGNED = """
drop trigger kept on warehousing_pickattempt;
drop trigger kept on warehousing_warehousereceipt;
drop trigger signed on warehousing_warehousereceipt;
drop function warehousing_receipt_signed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("warehousing", "0001_initial"),
        ("access", "0001_initial"),
        ("parties", "0002_policies"),
    ]
    operations = [
        police("warehousing_warehouse", "org", condition=KNOWN),
        police("warehousing_bin", "org", condition=KNOWN),
        police("warehousing_receiving", "warehouse", "owner", "sender", "lender"),
        police("warehousing_receivingline", "warehouse", "owner", "sender", "lender"),
        police("warehousing_warehousereceipt", "warehouse", "owner", "pledgee"),
        police("warehousing_receiptline", "warehouse", "owner", "pledgee"),
        police("warehousing_pickattempt", "warehouse", "owner", "pledgee"),
        migrations.RunSQL(SIGNED, UNSIGNED),
    ]
