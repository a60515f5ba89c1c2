-- Holds these keys until the transaction ends, so that senders of one key queue here; keys are taken
-- in one order, so that lists cannot wait for each other in a circle.
create or replace function idempotency_hold(orgs uuid[], keys text[]) returns void
language sql as $$
    select pg_advisory_xact_lock(held.key) from (
        select distinct hashtextextended(w.org || '/' || w.key, 0) as key
          from unnest(orgs, keys) w (org, key) order by 1) held
$$;

-- What is kept of these keys, by their place in the list. Runs as the owner: as anybody else it
-- would look every key up among all organisations asking. Answers for those only; `offset 0` keeps
-- it from walking through all that they ever sent.
create or replace function idempotency_kept(orgs uuid[], keys text[])
returns table (place int, request_digest bytea, status smallint, body jsonb)
language sql stable security definer set search_path = public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
    select w.n::int, a.request_digest, a.status, a.body
      from unnest(orgs, keys) with ordinality w (org, key, n)
     cross join lateral (
           select k.request_digest, k.status, k.body from idempotency_answer k
            where k.org = w.org and k.key = w.key offset 0) a
     where session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
        or w.org = any ((select heliu_orgs())::uuid[])
$$;

-- What was answered to these keys, which are held (`idempotency_hold`), by their place in the list.
create or replace function idempotency_answers(orgs uuid[], keys text[])
returns table (place int, request_digest bytea, status smallint, body jsonb)
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
    perform idempotency_hold(orgs, keys);
    -- A statement of its own: it sees what whoever held a key before us has written.
    return query select * from idempotency_kept(orgs, keys);
end $$;
