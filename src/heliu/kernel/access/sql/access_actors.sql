-- Whom bearer tokens stand for, a row for each secret that is known. Runs as the owner, because it
-- is asked before it is known for whom the request acts; answers only for the secrets it is given.
-- `user_id` is null when the person or the desk is gone, `tree` when the organisation is closed.
create or replace function access_actors(digests bytea[], at timestamptz)
returns table (digest bytea, is_expired boolean, user_id uuid, name text, org uuid,
               permissions text[], tree uuid[], roles text[])
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
        with token as materialized (
            select t.digest, t.user_id, t.org,
                   coalesce(t.expires_at <= at, false) or t.revoked_at is not null as is_expired
              from access_apitoken t where t.digest = any (digests)),
        desk as (select * from access_desks_of(array(select user_id from token))),
        below as materialized (select * from parties_trees(array(select org from token))),
        tree as (select root, array_agg(id) as ids from below group by root)
        select t.digest, t.is_expired, u.id, coalesce(nullif(u.name, ''), u.username)::text, t.org,
               desk.permissions, tree.ids, coalesce(own.roles, '{}')
          from token t
          left join desk on desk.person = t.user_id and desk.org = t.org
          left join access_user u
                 on u.id = t.user_id and u.is_active and desk.permissions is not null
          left join tree on tree.root = t.org
          left join below own on own.root = t.org and own.id = t.org;
end $$;
