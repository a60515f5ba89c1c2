-- Hands facts on to the endpoints that want them: a delivery each, in the order of the facts.
-- It goes up to `events_settled`; how many deliveries it made.
create or replace function webhooks_hand_on(now_at timestamptz) returns bigint
language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare
    begins bigint; ends bigint; made bigint;
begin
    select position into begins from webhooks_relay for update skip locked;
    if not found then
        return 0;  -- somebody else is at it
    end if;
    ends := events_settled();
    if ends <= begins then
        return 0;
    end if;
    with house as materialized (
        select e.id, e.org, e.kinds, e.since, t.id as member
          from webhooks_endpoint e
          join parties_trees(array(
               select distinct org from webhooks_endpoint where status <> 'ENDED')) t
            on t.root = e.org
         where e.status <> 'ENDED'),
    fresh as materialized (
        select f.number, f.id, f.name, f.audience, f.transaction
          from events_fact f
         where f.transaction >= begins and f.transaction < ends
           and exists (select from house))
    insert into webhooks_delivery (
           org, endpoint_id, message, fact, kind, made_at, status, tries, next_try_at, problem)
    select h.org, h.id, f.id, f.number, f.name, now_at, 'WAITING', 0, now_at, ''
      from fresh f cross join lateral unnest(f.audience) a (member) join house h using (member)
     where f.transaction >= h.since and (h.kinds = '{}' or f.name = any (h.kinds))
     group by f.number, f.id, f.name, h.id, h.org
     order by f.number, h.id
    on conflict (endpoint_id, fact) do nothing;
    get diagnostics made = row_count;
    update webhooks_relay set position = ends;
    return made;
end $$;
