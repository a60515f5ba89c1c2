-- Whose goods the asking organisations see: their own and those of sellers with whom they have an
-- active relationship. Only organisations the door is open for may ask, and in a customer's name
-- whoever orders for it, of its own house's goods alone; the worker may ask for all.
create or replace function catalogue_sellers(asking uuid[]) returns table (seller uuid)
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    with worker as (
        select session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker' as is_it
    ),
    behalf as (select nullif(current_setting('heliu.behalf', true), '')::uuid[] as of),
    heard as (
        select a.org from unnest(asking) as a (org), worker w
         where w.is_it or a.org = any (heliu_orgs()) or a.org = (select b.of[1] from behalf b)
    )
    select h.org from heard h
    union
    select r.seller from parties_tradingrelationship r
     where r.buyer in (select h.org from heard h) and r.status = 'ACTIVE'
       and ((select b.of from behalf b) is null or r.seller = any (heliu_orgs()))
    union
    select o.id from parties_organization o, worker w where asking is null and w.is_it
$$;
