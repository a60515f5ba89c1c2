-- Lets the ceiling of an account come down towards a wanted one, as far as what stands (open holds
-- counted) lets it; returns what it is now. It never rises by this, except to what stands.
create or replace function posting_sink(account bigint, wanted bigint) returns bigint
language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare
    k posting_account;
begin
    select * into k from posting_account where id = account for no key update;
    if not coalesce(k.is_limited, false) then
        perform posting_refuse('HL404', jsonb_build_object('key', account::text));
    end if;
    if posting_bound() and not k.org = any (heliu_orgs()) then
        perform posting_refuse('HL403', jsonb_build_object('key', account::text));
    end if;
    update posting_account set ceiling = greatest(wanted, k.posted + k.held_in)
     where id = account returning ceiling into k.ceiling;
    return k.ceiling;
end $$;
