-- Whose goods the asking organisations see: their own and those of sellers with whom they have an
-- active relationship. Only organisations the door is open for may ask; the worker may ask for all.
create function catalogue_sellers(asking uuid[]) returns table (seller uuid)
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    with worker as (
        select session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker' as is_it
    ),
    heard as (
        select a.org from unnest(asking) as a (org), worker w
         where w.is_it or a.org = any (heliu_orgs())
    )
    select h.org from heard h
    union
    select r.seller from parties_tradingrelationship r
     where r.buyer in (select h.org from heard h) and r.status = 'ACTIVE'
    union
    select o.id from parties_organization o, worker w where asking is null and w.is_it
$$;
