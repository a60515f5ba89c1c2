-- An operator says what kind of customer an organisation is; false for one that is not there. Runs as
-- the owner, because an operator knows few houses' rows.
create or replace function parties_set_tier(house uuid, wanted text) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not coalesce(parties_operators() && heliu_orgs(), false) then
        raise insufficient_privilege using message = 'only an operator says what a house is';
    end if;
    update parties_organization set tier = wanted where id = house;
    return found;
end $$;

-- What kind of customer a house is, it does not say itself.
create or replace function parties_tier_guarded() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user <> 'heliu_web' then
        return new;
    end if;
    if tg_table_name = 'parties_organization' then
        raise insufficient_privilege using message = 'only an operator says what a house is';
    elsif not new.seller = any (heliu_orgs()) then
        raise insufficient_privilege using message = 'only the seller says what its customer is';
    end if;
    return new;
end $$;

-- What kind of customer an organisation is, for an operator, who knows few houses' rows.
create or replace function parties_tier_of(house uuid) returns text
language sql stable security definer set search_path = public, pg_temp as $$
    select o.tier::text from parties_organization o
     where o.id = house and (parties_operators() && heliu_orgs())
$$;
