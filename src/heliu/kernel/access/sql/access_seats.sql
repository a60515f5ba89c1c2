-- The desks that people may sit at, oldest membership first, with what they may do there now: what
-- their roles allow and the status of the house does not forbid (`parties_may`). Runs as the owner,
-- because sign-in happens before it is known for whom the request acts; answers only for the people
-- it is given.
create or replace function access_seats_of(people uuid[])
returns table (person uuid, org uuid, title text, permissions text[], standing text)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
    select m.user_id, m.org, m.title::text,
           coalesce(array_agg(distinct p) filter (where p is not null and parties_may(o.status, p)),
                    '{}')::text[],
           o.status::text
      from access_membership m
      join parties_organization o on o.id = m.org
      left join access_membershiprole mr on mr.membership_id = m.id
      left join access_role r on r.id = mr.role_id
      left join lateral unnest(r.permissions) p on true
     where m.user_id = any (people) and m.is_active
     group by m.user_id, m.org, m.title, m.id, o.status
     order by m.id
$$;

-- The version before asks these two: the same rule holds for it.
create or replace function access_desks_of(people uuid[])
returns table (person uuid, org uuid, title text, permissions text[])
language sql stable security definer set search_path = public, pg_temp as $$
    select s.person, s.org, s.title, s.permissions from access_seats_of(people) s
$$;
