-- Keeps what was answered to these keys, one for each place in the lists. `bodies` are JSON.
create or replace function idempotency_store(
    orgs uuid[], keys text[], digests bytea[], statuses smallint[], bodies text[],
    now_at timestamptz)
returns void language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
    insert into idempotency_answer (org, key, request_digest, status, body, at)
    select a.org, a.key, a.digest, a.status, a.body::jsonb, now_at
      from unnest(orgs, keys, digests, statuses, bodies) a (org, key, digest, status, body);
end $$;
