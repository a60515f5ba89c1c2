-- As it was before deliveries were thrown away (migration 0002).
-- Facts that were handed on without a delivery for an endpoint of their audience that wants them.
create or replace function webhooks_missing() returns table (endpoint uuid, fact bigint)
language sql stable set search_path = public, pg_temp as $$
    select e.id, f.number
      from webhooks_endpoint e
      join events_fact f
        on f.transaction >= greatest(e.since, e.chosen)
       and f.transaction < (select position from webhooks_relay)
       and f.audience @> array[e.org] and (e.kinds = '{}' or f.name = any (e.kinds))
     where e.status <> 'ENDED'
       and not exists (select from webhooks_delivery d
                        where d.endpoint_id = e.id and d.fact = f.number)
     order by e.id, f.number
     limit 100
$$;
