-- How many messages wait for endpoints that are not paused, and for how long the oldest has; of
-- nobody in particular, for the machine that watches this one.
create or replace function webhooks_waiting(now_at timestamptz)
returns table (waiting bigint, seconds double precision)
language sql stable security definer set search_path = public, pg_temp as $$
    select count(*), coalesce(greatest(extract(epoch from now_at - min(d.made_at)), 0), 0)
      from webhooks_delivery d join webhooks_endpoint e on e.id = d.endpoint_id
     where d.status = 'WAITING' and e.status = 'ACTIVE'
$$;
