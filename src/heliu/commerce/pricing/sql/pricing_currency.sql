-- A list's versions, and lists that are computed from it, are in its currency, which never changes.
create or replace function pricing_one_currency() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and new.currency <> old.currency or exists (
        select from pricing_pricelist l
         where l.id in (new.version_of_id, new.base_id) and l.currency <> new.currency) then
        raise check_violation using constraint = 'price_list_one_currency',
            message = 'price_list_one_currency: a list and what comes of it have one currency';
    end if;
    return new;
end $$;

create or replace trigger one_currency before insert or update of currency, base_id, version_of_id
    on pricing_pricelist for each row execute function pricing_one_currency();
