-- An operator moves an organisation to another status; what was before is returned, nothing for one
-- that is not there. Runs as the owner, because an operator knows few houses' rows; the table of
-- moves is held by the trigger.
create or replace function parties_stand(house uuid, wanted text) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare before text;
begin
    if not coalesce(parties_operators() && heliu_orgs(), false) then
        raise insufficient_privilege using message = 'only an operator moves an organisation';
    end if;
    select o.status into before from parties_organization o where o.id = house for update;
    update parties_organization set status = wanted, is_active = wanted <> 'CLOSED'
     where id = house;
    return before;
end $$;
