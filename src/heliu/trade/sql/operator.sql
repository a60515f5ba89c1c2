-- What an operator may see of everybody: counts, document numbers, states, times, names of parties.
-- Never the amount of a single deal, the name of goods or of a person. Each function runs as the
-- owner and answers only to a transaction that acts for an operator; to all others it gives nothing.

create or replace function operator_asks() returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from parties_partyrole
         where role = 'OPERATOR' and organization_id = any ((select heliu_orgs())::uuid[]))
$$;

-- Facts per flow and half hour: of a day, and on the mean of the days before it (at most `back`).
create or replace function operator_flows(day date, back int)
returns table (flow text, slot int, now_count bigint, usual numeric)
language sql stable security definer set search_path = public, pg_temp as $$
with span as (
    select day::timestamp at time zone 'Asia/Shanghai' as midnight,
           greatest(1, least(back, day - (
               select (f.at at time zone 'Asia/Shanghai')::date
                 from events_fact f order by f.number limit 1))) as days),
fact as (
    select unnest(f.flows) as flow, f.at at time zone 'Asia/Shanghai' as clock
      from events_fact f, span
     where f.at >= span.midnight - make_interval(days => back)
       and f.at < span.midnight + interval '1 day'
       and f.name <> 'information.ledgers-checked')
select fact.flow,
       (extract(hour from clock) * 2 + floor(extract(minute from clock) / 30))::int,
       count(*) filter (where clock::date = day),
       count(*) filter (where clock::date < day)::numeric / span.days
  from fact, span
 where (select operator_asks())
 group by 1, 2, span.days
$$;

-- The day's orders and decisions, and what is in force.
create or replace function operator_counts(day date) returns table (name text, n bigint)
language sql stable security definer set search_path = public, pg_temp as $$
with fact as materialized (
    select f.name, f.payload from events_fact f
     where f.at >= day::timestamp at time zone 'Asia/Shanghai'
       and f.at < (day + 1)::timestamp at time zone 'Asia/Shanghai'
       and f.name in ('commerce.order-placed', 'capital.loan-quoted', 'capital.loan-referred',
                      'capital.loan-decided'))
select c.name, c.n from (
    select 'orders' as name, count(*) as n from fact where fact.name = 'commerce.order-placed'
    union all
    select 'financed', count(*) from fact
     where fact.name = 'commerce.order-placed' and payload ->> 'pay_by' = 'FINANCE'
    union all
    select 'referred', count(*) from fact where fact.name = 'capital.loan-referred'
    union all
    select 'open_deals', count(*) from trade_deal where outcome = 'OPEN'
    union all
    select 'running', count(*) from lending_loan where status in ('SELLER_PAID', 'OVERDUE', 'ENFORCING')
    union all
    select 'overdue', count(*) from lending_loan where status in ('OVERDUE', 'ENFORCING')
    union all
    select 'pledges', count(*) from pledges_pledge where status in ('ACTIVE', 'PARTLY_RELEASED')
    union all
    select 'supervised', count(*) from bank_earmark where drawn < amount
) c where (select operator_asks())
$$;

-- What needs a person at some desk, with whose desk it is.
create or replace function operator_waiting(now timestamptz)
returns table (kind text, number text, state text, since timestamptz, org uuid, deal text)
language sql stable security definer set search_path = public, pg_temp as $$
select w.kind, w.number, w.state, w.since, w.org, w.deal from (
    select 'REFERRED' as kind, l.number::text as number, l.status::text as state,
           l.created_at as since, l.lender as org, d.number::text as deal
      from lending_loan l join trade_deal d on d.id = l.deal where l.status = 'REFERRED'
    union all
    select 'PAYMENT', p.number, p.status, p.created_at, p.lender, d.number
      from bank_paymentinstruction p join trade_deal d on d.id = p.deal
     where p.status = 'UNKNOWN'
        or p.status in ('CREATED', 'SENT') and p.created_at < now - interval '15 minutes'
    union all
    select 'NOTICE', n.id, n.status, n.received_at, n.lender, null
      from bank_banknotice n where n.status in ('UNMATCHED', 'CONFLICT')
    union all
    select 'OVERDUE', l.number, l.status,
           (l.due_on + 1)::timestamp at time zone 'Asia/Shanghai', l.lender, d.number
      from lending_loan l join trade_deal d on d.id = l.deal
     where l.status in ('OVERDUE', 'ENFORCING')
    union all
    select 'SLOW', d.number, coalesce(case when l.status in (
               'AWAIT_DEPOSIT', 'FUNDED_SHARE', 'DISBURSING', 'DISBURSED', 'PAYING_SELLER',
               'BANK_REJECTED', 'UNWINDING') then l.status end, o.status), d.moved_at,
           case when l.status in (
               'AWAIT_DEPOSIT', 'FUNDED_SHARE', 'DISBURSING', 'DISBURSED', 'PAYING_SELLER',
               'BANK_REJECTED', 'UNWINDING') then l.lender
                when o.status = 'SHIPPED' then o.warehouse else o.seller end, d.number
      from trade_deal d
      join ordering_order o on o.id = d.order_id
      left join lending_loan l on l.deal = d.id
     where d.outcome = 'OPEN' and d.moved_at < now - interval '15 minutes'
       and (l.status in ('AWAIT_DEPOSIT', 'FUNDED_SHARE', 'DISBURSING', 'DISBURSED',
                         'PAYING_SELLER', 'BANK_REJECTED', 'UNWINDING')
                and not exists (select from bank_paymentinstruction p  -- that one is told already
                                 where p.deal = d.id and p.status in ('CREATED', 'SENT', 'UNKNOWN'))
            or o.status = 'PLACED' and o.pay_by <> 'FINANCE'
               and d.moved_at < now - interval '2 days'
            or o.status in ('CONFIRMED', 'PART_SHIPPED') and d.moved_at < now - interval '3 days'
            or o.status = 'SHIPPED' and d.moved_at < now - interval '7 days')
    union all
    select 'JOB', j.id::text, j.task_name,
           (select max(e.at) from procrastinate_events e where e.job_id = j.id), null, null
      from procrastinate_jobs j where j.status = 'failed'
) w where (select operator_asks())
$$;

-- How many things wait, whether one is pressing, and by how many seconds the worker is behind.
create or replace function operator_pulse(now timestamptz)
returns table (waiting bigint, is_pressing boolean, behind double precision)
language sql stable security definer set search_path = public, pg_temp as $$
select count(*), coalesce(bool_or(kind in ('OVERDUE', 'JOB') or state = 'CONFLICT'), false),
       coalesce((
           select extract(epoch from clock_timestamp() - min(coalesce(j.scheduled_at, e.at)))
             from procrastinate_jobs j
             left join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
            where j.status = 'todo' and coalesce(j.scheduled_at, e.at) <= clock_timestamp()),
           0)::double precision
  from operator_waiting(now) where (select operator_asks()) having (select operator_asks())
$$;

-- Names of parties by id.
create or replace function operator_names(wanted uuid[])
returns table (id uuid, code text, name text, name_zh text, short_name text, short_name_zh text)
language sql stable security definer set search_path = public, pg_temp as $$
select o.id, o.code, o.name, o.name_zh, o.short_name, o.short_name_zh
  from parties_organization o where o.id = any (wanted) and (select operator_asks())
$$;

-- One deal: its parties and times.
create or replace function operator_deal(wanted text)
returns table (number text, outcome text, opened_at timestamptz, moved_at timestamptz,
               closed_at timestamptz, buyer uuid, seller uuid, lender uuid, custodian uuid)
language sql stable security definer set search_path = public, pg_temp as $$
select d.number, d.outcome, d.opened_at, d.moved_at, d.closed_at,
       d.buyer, d.seller, d.lender, d.custodian
  from trade_deal d where d.number = wanted and (select operator_asks())
$$;

-- What was done in a deal and when; not by whom.
create or replace function operator_steps(wanted text) returns table (step text, at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
select s.step, s.at from trade_dealstep s join trade_deal d on d.id = s.deal_id
 where d.number = wanted and (select operator_asks()) order by s.at, s.id
$$;

-- The documents of a deal with their states.
create or replace function operator_documents(wanted text)
returns table (kind text, number text, what text, state text, at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
with deal as (select * from trade_deal where number = wanted and (select operator_asks()))
select 'ORDER', o.number::text, ''::text, o.status::text, o.placed_at
  from deal d join ordering_order o on o.id = d.order_id
union all
select 'LOAN', l.number, '', l.status, l.created_at from deal d join lending_loan l on l.deal = d.id
union all
select 'PAYMENT', p.number, p.purpose, p.status, p.created_at
  from deal d join bank_paymentinstruction p on p.deal = d.id
union all
select 'PLEDGE', p.number, '', p.status, p.agreed_at
  from deal d join pledges_pledge p on p.deal = d.id
union all
select 'RELEASE', r.number, '', r.status, r.released_at
  from deal d join pledges_releaseorder r on r.deal = d.id
order by 5, 1
$$;

-- The parties with what they do; `total` is how many the filters leave.
create or replace function operator_parties(wanted text, in_role text, most int, skipped int)
returns table (id uuid, code text, name text, name_zh text, short_name text, short_name_zh text,
               city text, city_zh text, roles text[], is_active boolean, since timestamptz,
               people bigint, relationships bigint, last_at timestamptz, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
with found as (
    select o.*, count(*) over () as total from parties_organization o
     where (select operator_asks())
       and (wanted = '' or o.code ilike wanted || '%'
            or concat_ws(' ', o.name, o.name_zh, o.short_name, o.short_name_zh)
               ilike '%' || wanted || '%')
       and (in_role = '' or exists (select from parties_partyrole r
                                     where r.organization_id = o.id and r.role = in_role))
     order by o.code limit most offset skipped)
select f.id, f.code, f.name, f.name_zh, f.short_name, f.short_name_zh, f.city, f.city_zh,
       coalesce((select array_agg(r.role::text order by r.role) from parties_partyrole r
                  where r.organization_id = f.id), '{}'),
       f.is_active, f.created_at,
       (select count(*) from access_membership m where m.org = f.id and m.is_active),
       (select count(*) from parties_tradingrelationship t where t.buyer = f.id or t.seller = f.id),
       greatest((select max(d.opened_at) from trade_deal d where d.buyer = f.id),
                (select max(d.opened_at) from trade_deal d where d.seller = f.id),
                (select max(d.opened_at) from trade_deal d where d.lender = f.id),
                (select max(d.opened_at) from trade_deal d where d.custodian = f.id)),
       f.total
  from found f order by f.code
$$;

-- How many people of a party hold which role, and when one of them last signed in.
create or replace function operator_people(party uuid)
returns table (role text, name text, name_zh text, people bigint, last_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
select r.code, r.name, r.name_zh, count(distinct m.user_id), max(u.last_login)
  from access_membership m
  join access_membershiprole mr on mr.membership_id = m.id
  join access_role r on r.id = mr.role_id
  join access_user u on u.id = m.user_id
 where m.org = party and m.is_active and (select operator_asks())
 group by r.code, r.name, r.name_zh order by r.code
$$;

-- With whom a party trades; `side` is what the other one is to it.
create or replace function operator_relationships(party uuid, most int)
returns table (other uuid, side text, status text, since date, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
select case when t.buyer = party then t.seller else t.buyer end,
       case when t.buyer = party then 'SELLER' else 'BUYER' end,
       t.status, t.since, count(*) over ()
  from parties_tradingrelationship t
 where (t.buyer = party or t.seller = party) and (select operator_asks())
 order by t.since desc, t.id limit most
$$;

-- How many documents of a party stand in which state; orders are counted as far as a list counts.
create or replace function operator_states(party uuid) returns table (kind text, state text, n bigint)
language sql stable security definer set search_path = public, pg_temp as $$
select s.kind, s.state, s.n from (
    select 'ORDER' as kind, o.status::text as state, count(*) as n from (
        (select status from ordering_order where buyer = party limit 10001)
        union all
        (select status from ordering_order
          where seller = party and status <> 'COMPLETED' limit 10001)
        union all
        (select status from ordering_order
          where seller = party and status = 'COMPLETED' limit 10001)
        union all
        (select status from ordering_order where lender = party limit 10001)) o
     group by o.status
    union all
    select 'LOAN', l.status, count(*) from lending_loan l
     where l.borrower = party or l.lender = party group by l.status
    union all
    select 'PLEDGE', p.status, count(*) from pledges_pledge p
     where p.pledgor = party or p.pledgee = party or p.custodian = party group by p.status
) s where (select operator_asks()) order by s.kind, s.n desc
$$;

-- How long the phases of deals took that ended since a moment: middle and slow tenth, seconds, of the
-- newest of each. Two steps that bear one moment were written in afterwards and tell nothing.
create or replace function operator_spans(start timestamptz)
returns table (phase text, n bigint, p50 double precision, p90 double precision)
language sql stable security definer set search_path = public, pg_temp as $$
with ended as materialized (
    select p.phase, p.first, s.deal_id, min(s.at) as at
      from (values ('SIGN', 'QUOTED', 'SIGNED'), ('DEPOSIT', 'SIGNED', 'DEPOSIT_BOOKED'),
                   ('DISBURSE', 'DEPOSIT_BOOKED', 'DISBURSED'),
                   ('PAY', 'DISBURSED', 'SELLER_PAID'), ('SHIP', 'CONFIRMED', 'SHIPPED'),
                   ('RECEIVE', 'SHIPPED', 'RECEIVED')) p(phase, first, second)
     cross join lateral (
           select deal_id, at from trade_dealstep
            where step not in ('ORDERED', 'CLOSED') and step = p.second and at >= start
            order by id desc limit 1000) s
     where (select operator_asks()) group by p.phase, p.first, s.deal_id),
span as (
    select e.phase, extract(epoch from e.at - begun.at)::double precision as seconds
      from ended e
     cross join lateral (select min(a.at) as at from trade_dealstep a
                          where a.deal_id = e.deal_id and a.step = e.first) begun
     where e.at > begun.at
    union all
    select 'REPAY', extract(epoch from p.answered_at - p.created_at)
      from bank_paymentinstruction p
     where p.purpose = 'REPAYMENT' and p.status = 'BOOKED' and p.created_at >= start
       and p.answered_at > p.created_at
       and (select operator_asks())
    union all
    select 'PICK_UP', extract(epoch from r.picked_up_at - r.released_at)
      from pledges_releaseorder r
     where r.picked_up_at is not null and r.released_at >= start and (select operator_asks()))
select span.phase, count(*), percentile_cont(0.5) within group (order by seconds),
       percentile_cont(0.9) within group (order by seconds)
  from span group by span.phase
$$;

-- Seconds from the signature until the seller was paid, the newest deals first.
create or replace function operator_seconds(start timestamptz, most int)
returns table (seconds double precision)
language sql stable security definer set search_path = public, pg_temp as $$
select extract(epoch from paid.at - signed.at)::double precision
  from trade_dealstep paid
  join trade_dealstep signed on signed.deal_id = paid.deal_id and signed.step = 'SIGNED'
 where paid.step not in ('ORDERED', 'CLOSED') and paid.step = 'SELLER_PAID' and paid.at >= start and paid.at > signed.at
   and (select operator_asks())
 order by paid.id desc limit most
$$;

-- Where the chains of seals end. A chain is a book or a warehouse; `org` is whose.
create or replace function operator_heads(most int, skipped int)
returns table (name text, org uuid, blocks bigint, lines bigint, hash text, sealed_at timestamptz,
               total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
select c.name, nullif(split_part(c.name, ':', 2), '')::uuid, c.blocks, c.lines,
       encode(c.hash, 'hex'),
       (select s.at from posting_seal s where s.chain_id = c.id and s.block = c.blocks),
       count(*) over ()
  from posting_chain c where c.blocks > 0 and (select operator_asks())
 order by c.lines desc, c.name limit most offset skipped
$$;

-- The worker's queue by task: how many stand where, since when the oldest waits, and when a task
-- that comes by the clock was last put in. What is done is taken out of the queue.
create or replace function operator_jobs()
returns table (task text, todo bigint, doing bigint, failed bigint, oldest timestamptz,
               by_clock timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
with job as (
    select j.task_name, count(*) filter (where j.status = 'todo') as todo,
           count(*) filter (where j.status = 'doing') as doing,
           count(*) filter (where j.status = 'failed') as failed,
           min(coalesce(j.scheduled_at, e.at)) filter (where j.status = 'todo') as oldest
      from procrastinate_jobs j
      left join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
     group by j.task_name),
clock as (
    select p.task_name, to_timestamp(max(p.defer_timestamp)) as at
      from procrastinate_periodic_defers p group by p.task_name)
select coalesce(job.task_name, clock.task_name), coalesce(job.todo, 0), coalesce(job.doing, 0),
       coalesce(job.failed, 0), job.oldest, clock.at
  from job full join clock on clock.task_name = job.task_name
 where (select operator_asks()) order by 1
$$;

-- The workers that gave a sign of life within the last half minute.
create or replace function operator_workers() returns table (alive bigint)
language sql stable security definer set search_path = public, pg_temp as $$
select count(*) from procrastinate_workers w
 where w.last_heartbeat > clock_timestamp() - interval '30 seconds' and (select operator_asks())
having (select operator_asks())
$$;
