-- Whom bearer tokens stand for, a row for each secret that is known. Runs as the owner, because it
-- is asked before it is known for whom the request acts; answers only for the secrets it is given.
-- `user_id` is null when the person or the desk is gone, `tree` when the organisation is closed.
create function access_actors(digests bytea[], at timestamptz)
returns table (digest bytea, is_expired boolean, user_id uuid, name text, org uuid,
               permissions text[], tree uuid[], roles text[])
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
    select t.digest, coalesce(t.expires_at <= at, false) or t.revoked_at is not null,
           u.id, coalesce(nullif(u.name, ''), u.username)::text, t.org, desk.permissions,
           (select array_agg(below.id) from parties_tree(t.org) below),
           array(select r.role::text from parties_partyrole r where r.organization_id = t.org)
      from unnest(digests) wanted (digest)
      join access_apitoken t on t.digest = wanted.digest
      left join lateral (
           select d.permissions from access_desks(t.user_id) d where d.org = t.org) desk on true
      left join access_user u
             on u.id = t.user_id and u.is_active and desk.permissions is not null
$$;
