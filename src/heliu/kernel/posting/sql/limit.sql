-- Changes the limits of an account that has some. What stands must already keep to them.
create or replace function posting_limit(
    account bigint, sets_floor boolean, new_floor bigint, sets_ceiling boolean, new_ceiling bigint)
returns void language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare
    k posting_account;
    short bigint;
begin
    select * into k from posting_account where id = account for no key update;
    if not coalesce(k.is_limited, false) then
        perform posting_refuse('HL404', jsonb_build_object('key', account::text));
    end if;
    if posting_bound() and not k.org = any (heliu_orgs()) then
        perform posting_refuse('HL403', jsonb_build_object('key', account::text));
    end if;
    k.floor := case when sets_floor then new_floor else k.floor end;
    k.ceiling := case when sets_ceiling then new_ceiling else k.ceiling end;
    short := greatest(k.floor - (k.posted - k.held_out), k.posted + k.held_in - k.ceiling, 0);
    if short > 0 then
        perform posting_refuse('HL409', jsonb_build_object(
            'account', account, 'key', k.key, 'short', short));
    end if;
    update posting_account set floor = k.floor, ceiling = k.ceiling where id = account;
end $$;
