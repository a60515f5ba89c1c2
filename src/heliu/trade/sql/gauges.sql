-- Figures for the machine that watches this one: counts and seconds, of nobody in particular.
-- What the operator's functions tell one operator is told here without names and numbers.
create or replace function trade_gauges(now timestamptz)
returns table (name text, label text, value double precision)
language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    before text := coalesce(current_setting('heliu.orgs', true), '');
begin
    perform set_config('heliu.orgs', coalesce((
        select array_agg(organization_id)::text from parties_partyrole where role = 'OPERATOR'),
        '{}'), true);
    return query
    with job as (select * from operator_jobs()),
    loose as (
        select count(*) as lines, min(j.at) as since
          from posting_line l join posting_journal j on j.id = l.journal_id
         where l.transaction >= (select coalesce(max(sealed_to), 0) from posting_chain))
    select 'jobs', 'todo', coalesce(sum(todo), 0)::double precision from job
    union all
    select 'jobs', 'doing', coalesce(sum(doing), 0) from job
    union all
    select 'jobs', 'failed', coalesce(sum(failed), 0) from job
    union all
    select 'jobs', 'stuck', count(*) from jobs_stuck
    union all
    select 'workers', '', alive from operator_workers()
    union all
    select 'oldest_job_seconds', '', behind from operator_pulse(now)
    union all
    select 'waiting', kind, count(w.kind)
      from unnest(array['REFERRED', 'PAYMENT', 'NOTICE', 'OVERDUE', 'SLOW', 'JOB']) kind
      left join operator_waiting(now) w using (kind) group by kind
    union all
    select 'unsealed_lines', '', lines from loose
    union all
    select 'unsealed_seconds', '',
           coalesce(greatest(extract(epoch from now - since), 0), 0) from loose;
    perform set_config('heliu.orgs', before, true);
end $$;
