-- The desks that people may sit at, oldest membership first. Runs as the owner, because sign-in
-- happens before it is known for whom the request acts; answers only for the people it is given.
create or replace function access_desks_of(people uuid[])
returns table (person uuid, org uuid, title text, permissions text[])
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
    select m.user_id, m.org, m.title::text,
           coalesce(array_agg(distinct p) filter (where p is not null), '{}')::text[]
      from access_membership m
      left join access_membershiprole mr on mr.membership_id = m.id
      left join access_role r on r.id = mr.role_id
      left join lateral unnest(r.permissions) p on true
     where m.user_id = any (people) and m.is_active
     group by m.user_id, m.org, m.title, m.id
     order by m.id
$$;

create or replace function access_desks(person uuid)
returns table (org uuid, title text, permissions text[])
language sql stable security definer set search_path = public, pg_temp as $$
    select d.org, d.title, d.permissions from access_desks_of(array[person]) d
$$;
