-- An operator moves an organisation to another status; what was before is returned, nothing for one
-- that is not there. Runs as the owner, because an operator knows few houses' rows; the table of
-- moves is held by the trigger. While a seller is suspended its relationships pause: whoever asks
-- for an active one (prices, goods, orders) finds none. Closing for good wants what others of the
-- operator's house agreed to.
create or replace function parties_stand(house uuid, wanted text) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare before text;
begin
    if not coalesce(parties_operators() && heliu_orgs(), false) then
        raise insufficient_privilege using message = 'only an operator moves an organisation';
    end if;
    select o.status into before from parties_organization o where o.id = house for update;
    if wanted = 'CLOSED' and before <> 'CLOSED' and not exists (
        select from approvals_approval a
         where a.act = 'close-house' and a.subject = house and a.status = 'APPROVED') then
        raise insufficient_privilege using message = 'closing for good needs a second person';
    end if;
    update parties_organization set status = wanted, is_active = wanted <> 'CLOSED'
     where id = house;
    if wanted = 'SUSPENDED' then
        update parties_tradingrelationship set status = 'PAUSED'
         where seller = house and status = 'ACTIVE';
    elsif wanted = 'ACTIVE' then
        update parties_tradingrelationship set status = 'ACTIVE'
         where seller = house and status = 'PAUSED';
    end if;
    return before;
end $$;

-- A relationship begins and ends where both agreed, which the worker writes down: neither side by
-- itself.
create or replace function parties_relationship_guarded() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user = 'heliu_web' and (tg_op = 'INSERT' or new.status <> old.status) then
        raise insufficient_privilege using message = 'a relationship is agreed by both';
    end if;
    return new;
end $$;

create or replace trigger relationship_guarded before insert or update of status
    on parties_tradingrelationship for each row execute function parties_relationship_guarded();
