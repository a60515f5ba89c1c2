-- Notes whom facts concern, those of the oldest transactions first, about so many at a time; whether
-- there is more. What is older than the oldest transaction at work is all there. For the worker; two
-- at once do not note the same.
create or replace function events_note_concerns(most int) returns boolean
language plpgsql set enable_seqscan = off as $$
declare
    done bigint;
    settled bigint := events_settled();
    until bigint;
begin
    select m.upto into done from events_concernmark m for update skip locked;
    if not found or settled <= done then
        return false;
    end if;
    select f.transaction into until from events_fact f
     where f.transaction >= done order by f.transaction offset most limit 1;
    until := least(settled, greatest(coalesce(until, settled), done + 1));
    insert into events_concern (org, fact_id)
    select distinct a.org, f.number
      from events_fact f cross join lateral unnest(f.audience) a (org)
     where f.transaction >= done and f.transaction < until
     order by 1, 2
    on conflict do nothing;
    update events_concernmark set upto = until;
    return until < settled;
end $$;
