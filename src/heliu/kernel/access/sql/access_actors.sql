-- Whom bearer tokens stand for: `actors` tells in JSON of each secret that is known, `acting` for
-- which organisation each of the digests acts (null when it may not), `visible` whose rows they see.
-- Runs as the owner, because it is asked before it is known for whom the request acts; answers only
-- for the secrets it is given. `user_id` is null when the person or the desk is gone, `tree` when
-- the organisation is closed.
create or replace function access_actors(
    digests bytea[], at timestamptz, out actors text, out acting uuid[], out visible uuid[])
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    with token as materialized (
        select t.digest, t.user_id, t.org,
               coalesce(t.expires_at <= at, false) or t.revoked_at is not null as is_expired
          from access_apitoken t where t.digest = any (digests)),
    desk as (select * from access_seats_of(array(select user_id from token))),
    below as materialized (select * from parties_trees(array(select org from token))),
    tree as (select root, array_agg(id) as ids from below group by root),
    found as materialized (
        select t.digest, t.is_expired, u.id as user_id,
               coalesce(nullif(u.name, ''), u.username)::text as name, t.org,
               desk.permissions, desk.standing, tree.ids as tree, coalesce(own.roles, '{}') as roles,
               not t.is_expired and u.id is not null and tree.ids is not null as may
          from token t
          left join desk on desk.person = t.user_id and desk.org = t.org
          left join access_user u
                 on u.id = t.user_id and u.is_active and desk.permissions is not null
          left join tree on tree.root = t.org
          left join below own on own.root = t.org and own.id = t.org)
    select (select json_agg(json_build_object(
                       'digest', encode(digest, 'base64'), 'is_expired', is_expired,
                       'user_id', user_id, 'name', name, 'org', org,
                       'permissions', permissions, 'standing', standing, 'tree', tree,
                       'roles', roles))
              from found),
           (select array_agg(f.org order by g.n)
              from unnest(digests) with ordinality g (digest, n)
              left join found f on f.digest = g.digest and f.may),
           array(select unnest(tree) from found where may)
      into actors, acting, visible;
end $$;
