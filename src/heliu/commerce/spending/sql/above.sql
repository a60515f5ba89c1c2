-- A house and all above it in its tree, to any depth. Runs as the owner, because a house below does
-- not see those above; answers only for houses the asker acts for, by a desk or by a mandate.
create or replace function spending_above(house uuid) returns table (id uuid)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    with recursive up as (
        select o.id, o.parent_id from parties_organization o
         where o.id = house and (
               house = any (heliu_orgs()) or not posting_bound()
               or house = (nullif(current_setting('heliu.behalf', true), '')::uuid[])[1])
        union
        select o.id, o.parent_id from parties_organization o join up u on o.id = u.parent_id)
    select up.id from up
$$;
