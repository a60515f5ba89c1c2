-- For whom the asking speak: those the door is open for, and the customer in whose name somebody
-- orders; for all of them where the worker asks.
create or replace function catalogue_heard(asking uuid[]) returns uuid[]
language sql stable security definer
set search_path = public, pg_temp
as $$
    select coalesce(array_agg(a.org), '{}')
      from unnest(asking) as a (org)
     where session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
        or a.org = any (heliu_orgs())
        or a.org = (nullif(current_setting('heliu.behalf', true), '')::uuid[])[1]
$$;

-- The circles that buyers are in; they come from `catalogue_heard`.
create or replace function catalogue_circles(buyers uuid[]) returns uuid[]
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    select coalesce(array_agg(distinct m.circle_id), '{}')
      from catalogue_circlemember m where m.buyer = any (buyers)
$$;

-- Whether goods with these circles (null: for everybody) are for the heard, who are in theirs: the
-- seller's own, and for all where the worker asks for all.
create or replace function catalogue_is_for(
    circles uuid[], seller uuid, heard uuid[], theirs uuid[], asks_for_all boolean
) returns boolean
language sql immutable as $$
    select circles is null or circles && theirs or seller = any (heard) or asks_for_all
$$;
