-- What a house may put into roles of its own: what the operator lets houses of its kind give, whatever
-- they are otherwise (tier '') or of its tier. Runs as the owner: it tells of limits, not of rows.
create or replace function access_may_give(house uuid) returns text[]
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(distinct g.permission order by g.permission), '{}')::text[]
      from access_grantable g
      join parties_partyrole p on p.role = g.party_role and p.organization_id = house
      join parties_organization o on o.id = house
     where g.tier in ('', o.tier)
$$;
