-- Writes facts and notices down, one row for each place in the lists: what `facts.record` and
-- `notices.tell` do one by one. `flows` and `audiences` are arrays written as text.
create function events_say(
    ids uuid[], names text[], flows text[], subjects uuid[], deals uuid[], payloads text[],
    audiences text[], actors uuid[], actor_names text[],
    notice_ids uuid[], orgs uuid[], kinds text[], params text[], links text[],
    now_at timestamptz)
returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
    insert into events_fact (
           id, name, flows, subject, deal, payload, audience, actor, actor_name, at)
    select f.id, f.name, f.flows::text[], f.subject, f.deal, f.payload::jsonb, f.audience::uuid[],
           f.actor, f.actor_name, now_at
      from unnest(ids, names, flows, subjects, deals, payloads, audiences, actors, actor_names)
           with ordinality f (id, name, flows, subject, deal, payload, audience, actor,
                              actor_name, n)
     order by f.n;

    insert into events_notice (id, org, kind, params, link, at)
    select n.id, n.org, n.kind, n.params::jsonb, n.link, now_at
      from unnest(notice_ids, orgs, kinds, params, links) n (id, org, kind, params, link);
end $$;
