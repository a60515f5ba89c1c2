-- The desks that people may sit at (`access_seats_of`), and which of their permissions the house of
-- each gives only to whoever came with a second factor; `all_of_it` where it asks that of everybody.
-- For pages: programs have tokens.
create or replace function access_seats_demanding(people uuid[])
returns table (person uuid, org uuid, title text, permissions text[], standing text,
               guarded text[], all_of_it boolean)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
    select s.person, s.org, s.title, s.permissions, s.standing,
           case when d.everybody then s.permissions else coalesce(d.permissions::text[], '{}') end,
           coalesce(d.everybody, false)
      from access_seats_of(people) with ordinality
           s (person, org, title, permissions, standing, n)
      left join access_factordemand d on d.org = s.org
     order by s.n
$$;
