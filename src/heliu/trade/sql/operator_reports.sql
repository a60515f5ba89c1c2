-- Reports for an operator: counts, and sums over three loans or more, so that nothing is told of a
-- single one. As in `operator.sql` each runs as the owner and answers only to an operator.

-- Deals that are open, by whether a bank finances them and where they stand.
create or replace function operator_deals_open() returns table (kind text, state text, n bigint)
language sql stable security definer set search_path = public, pg_temp as $$
select case when l.id is null then 'ORDER' else 'LOAN' end, coalesce(l.status, o.status), count(*)
  from trade_deal d
  left join lending_loan l on l.id = d.loan_id
  left join ordering_order o on o.id = d.order_id
 where d.outcome = 'OPEN' and (select operator_asks())
 group by 1, 2
$$;

-- What is lent now for each seller's goods by each lender, and what of it is late on a day.
create or replace function operator_lent(today date)
returns table (lender uuid, seller uuid, loans bigint, late bigint, owed bigint, owed_late bigint)
language sql stable security definer set search_path = public, pg_temp as $$
select l.lender, l.seller, count(*), count(*) filter (where l.due_on < today),
       case when count(*) >= 3 then sum(l.principal - l.principal_repaid)::bigint end,
       case when count(*) >= 3 and count(*) filter (where l.due_on < today) not in (1, 2)
            then coalesce(sum(l.principal - l.principal_repaid)
                          filter (where l.due_on < today), 0)::bigint end
  from lending_loan l
 where l.status in ('SELLER_PAID', 'OVERDUE', 'ENFORCING') and (select operator_asks())
 group by l.lender, l.seller
$$;

-- How late what is lent now is: loans by days past the due day, over all lenders.
create or replace function operator_aged(today date)
returns table (bucket int, loans bigint, owed bigint)
language sql stable security definer set search_path = public, pg_temp as $$
select width_bucket(greatest(today - l.due_on, 0), array[0, 1, 31, 61, 91]) - 1, count(*),
       case when count(*) >= 3 then sum(l.principal - l.principal_repaid)::bigint end
  from lending_loan l
 where l.status in ('SELLER_PAID', 'OVERDUE', 'ENFORCING') and (select operator_asks())
 group by 1
$$;

-- What happened on each of some days, by name: from the facts, which are never changed. What was in
-- another currency than ours is counted, and adds nothing to the amount.
create or replace function trade_days_told(first date, last date)
returns table (day date, name text, n bigint, amount bigint)
language sql stable set search_path = public, pg_temp as $$
select (f.at at time zone 'Asia/Shanghai')::date, w.name, count(*),
       coalesce(sum((f.payload ->> w.money)::bigint)
                filter (where coalesce(f.payload ->> 'currency', 'CNY') = 'CNY'), 0)::bigint
  from events_fact f
  join (values ('commerce.order-placed', 'orders', 'total'),
               ('capital.loan-disbursed', 'lent', 'principal'),
               ('capital.repaid', 'repaid', 'amount')) w (fact, name, money) on w.fact = f.name
 where f.at >= first::timestamp at time zone 'Asia/Shanghai'
   and f.at < (last + 1)::timestamp at time zone 'Asia/Shanghai'
 group by 1, 2
$$;

-- Keeps what happened on the days that are over; a day is told once, and never again. Returns how
-- many days were new.
create or replace function trade_keep_days(today date) returns integer
language plpgsql set search_path = public, pg_temp as $$
declare
    first date;
begin
    perform pg_advisory_xact_lock(hashtextextended('trade-days', 0));
    select max(day) + 1 into first from trade_daytotal;
    if first is null then
        select (f.at at time zone 'Asia/Shanghai')::date into first
          from events_fact f order by f.number limit 1;
    end if;
    if first is null or first >= today then
        return 0;
    end if;
    insert into trade_daytotal (day, name, n, amount)
    select d::date, w.name, coalesce(t.n, 0), coalesce(t.amount, 0)
      from generate_series(first, today - 1, interval '1 day') d
     cross join (values ('orders'), ('lent'), ('repaid')) w (name)
      left join trade_days_told(first, today - 1) t on t.day = d::date and t.name = w.name;
    return today - first;
end $$;

-- The same by month, with the days that are not kept yet.
create or replace function operator_months()
returns table (month date, name text, n bigint, sum_minor bigint)
language sql stable security definer set search_path = public, pg_temp as $$
with fresh as (
    select coalesce((select max(day) + 1 from trade_daytotal), date '2000-01-01') as first),
days as (
    select day, name, n, amount from trade_daytotal
    union all
    select t.day, t.name, t.n, t.amount from fresh, trade_days_told(fresh.first, date '2200-01-01') t)
select date_trunc('month', day)::date, name, sum(n)::bigint,
       case when sum(n) = 0 or sum(n) >= 3 then sum(amount)::bigint end
  from days where (select operator_asks()) group by 1, 2
$$;
