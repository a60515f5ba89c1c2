-- Each book's two sides, netted per account of the chart and counterparty (minor units).
create or replace function operator_books(most int, skipped int)
returns table (org uuid, accounts bigint, debit numeric, credit numeric, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
with place as materialized (
    select s.org, s.amount from books_summed(null) s where (select operator_asks())
       and s.code not like '%@%'),  -- no sum crosses currencies
side as (
    select p.org, sum(p.amount) as off, sum(greatest(p.amount, 0)) as debit,
           sum(greatest(-p.amount, 0)) as credit, count(*) over () as total
      from place p group by p.org
     order by abs(sum(p.amount)) desc, sum(greatest(p.amount, 0)) desc, p.org
     limit most offset skipped)
select s.org, (select count(*) from books_account b where b.org = s.org), s.debit, s.credit, s.total
  from side s order by abs(s.off) desc, s.debit desc, s.org
$$;

-- The chart of accounts over all books together (minor units).
create or replace function operator_codes()
returns table (code text, books bigint, debit numeric, credit numeric)
language sql stable security definer set search_path = public, pg_temp as $$
select s.code, count(distinct s.org), sum(greatest(s.amount, 0)), sum(greatest(-s.amount, 0))
  from books_summed(null) s where (select operator_asks()) group by s.code
$$;
