-- Rows that a round of the worker could not deal with, those that have waited longest first.
create or replace function operator_stuck(most int)
returns table (round text, subject uuid, why text, tries int, since timestamptz,
               next_try_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
select s.round, s.subject, s.why, s.tries, s.since, s.next_try_at from jobs_stuck s
 where (select operator_asks()) order by s.since, s.id limit most
$$;
