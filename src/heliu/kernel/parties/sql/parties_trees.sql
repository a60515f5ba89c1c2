-- Organisations and all below them, with their roles; nothing for a root that is closed. Runs as
-- the owner, because it is asked before a door is open; answers only for the ids it is given.
create or replace function parties_trees(roots uuid[])
returns table (root uuid, id uuid, roles text[])
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
    with recursive below as (
        select o.id as root, o.id from parties_organization o
         where o.id = any (roots) and o.is_active
        union
        select b.root, o.id from parties_organization o join below b on o.parent_id = b.id
    )
    select b.root, b.id, coalesce(array_agg(r.role::text) filter (where r.role is not null), '{}')
      from below b left join parties_partyrole r on r.organization_id = b.id group by b.root, b.id
$$;

create or replace function parties_tree(root uuid) returns table (id uuid, roles text[])
language sql stable security definer set search_path = public, pg_temp as $$
    select t.id, t.roles from parties_trees(array[root]) t
$$;
