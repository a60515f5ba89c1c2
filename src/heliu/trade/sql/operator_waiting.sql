-- What needs a person at some desk, with whose desk it is: as in `operator.sql` (which old migrations
-- read), with what speaks against paying out and others' claims in the register.
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
    select 'FINDING', d.number, l.status, min(f.at), l.lender, d.number
      from trade_finding f
      join trade_deal d on d.id = f.deal_id
      join lending_loan l on l.id = d.loan_id
     where f.is_hard and f.approval is null and f.ended_at is null and d.outcome = 'OPEN'
       and l.status in ('AWAIT_DEPOSIT', 'FUNDED_SHARE', 'AWAIT_GOODS')
     group by d.number, l.status, l.lender
    union all
    select 'CLAIM', d.number, l.status, g.answered_at, l.lender, d.number
      from registry_filing g
      join trade_deal d on d.id = g.deal
      join lending_loan l on l.id = d.loan_id
     where g.kind = 'SEARCH' and g.against > 0 and d.outcome = 'OPEN'
       and l.status in ('AWAIT_DEPOSIT', 'FUNDED_SHARE', 'AWAIT_GOODS')
       and not exists (select from registry_filing e
                        where e.deal = g.deal and e.kind = 'SEARCH'
                          and e.written_at > g.written_at)
       and not exists (select from trade_dealstep s
                        where s.deal_id = d.id and s.step = 'CONFLICT_ACCEPTED'
                          and s.key = g.id::text)
    union all
    select 'JOB', j.id::text, j.task_name,
           (select max(e.at) from procrastinate_events e where e.job_id = j.id), null, null
      from procrastinate_jobs j where j.status = 'failed'
) w where (select operator_asks())
$$;
