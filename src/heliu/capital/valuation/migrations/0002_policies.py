"""Prices of the market are read by whoever is signed in and written by the worker; a lender's own
are its own."""

from django.db import migrations

OWN = "lender = any ((select heliu_orgs())::uuid[])"
OF_THE_MARKET = "lender is null and cardinality((select heliu_orgs())) > 0"
POLICIES = f"""
alter table valuation_price enable row level security;
create policy own on valuation_price to heliu_web
    using ({OWN} or {OF_THE_MARKET}) with check ({OWN});
create policy worker on valuation_price to heliu_worker using (true) with check (true);
"""
KEPT = """
create function valuation_price_kept() returns trigger language plpgsql as $$ begin
    if tg_op = 'UPDATE' and (to_jsonb(new) - 'is_confirmed') = (to_jsonb(old) - 'is_confirmed')
       and new.is_confirmed then
        return new;
    end if;
    raise exception 'a price stays on record' using errcode = 'HL405';
end $$;
create trigger kept before update or delete on valuation_price
    for each row execute function valuation_price_kept();
"""
BACK = """
drop trigger kept on valuation_price;
drop function valuation_price_kept();
drop policy own on valuation_price;
drop policy worker on valuation_price;
alter table valuation_price disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("valuation", "0001_initial"), ("access", "0001_initial")]
    operations = [migrations.RunSQL([POLICIES, KEPT], BACK)]
