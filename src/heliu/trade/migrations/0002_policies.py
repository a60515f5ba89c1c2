"""A deal and its steps are seen by its parties; a step is written once."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

PARTIES = ("buyer", "seller", "lender", "custodian")

APPEND_ONLY = """
create function trade_dealstep_frozen() returns trigger language plpgsql as
$$ begin raise exception 'a step is written once' using errcode = 'HL405'; end $$;
create trigger frozen before update or delete or truncate on trade_dealstep
    for each statement execute function trade_dealstep_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("trade", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("trade_deal", *PARTIES),
        police("trade_dealstep", *PARTIES),
        migrations.RunSQL(
            APPEND_ONLY, "drop trigger frozen on trade_dealstep; drop function trade_dealstep_frozen()"
        ),
    ]
