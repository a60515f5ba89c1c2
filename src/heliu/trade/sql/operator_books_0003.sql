-- Each book's two sides, netted per account of the chart and counterparty (minor units).
create or replace function operator_books(most int, skipped int)
returns table (org uuid, accounts bigint, debit numeric, credit numeric, total bigint)
language sql stable security definer set search_path = public, pg_temp as $$
with fresh as materialized (  -- not yet folded into the balances; every older line is
    select l.account_id, sum(l.amount) as amount from posting_line l
     where l.transaction >= (select coalesce(max(sealed_to), 0) from posting_chain)
     group by l.account_id),
place as (
    select b.org, b.code, b.other, count(*) as accounts,
           sum(a.posted + case when a.is_limited then 0 else coalesce(f.amount, 0) end) as amount
      from books_account b join posting_account a on a.id = b.id
      left join fresh f on f.account_id = a.id
     where (select operator_asks()) group by b.org, b.code, b.other)
select p.org, sum(p.accounts)::bigint, sum(greatest(p.amount, 0)), sum(greatest(-p.amount, 0)),
       count(*) over ()
  from place p group by p.org
 order by abs(sum(p.amount)) desc, sum(greatest(p.amount, 0)) desc, p.org limit most offset skipped
$$;

-- The chart of accounts over all books together (minor units).
create or replace function operator_codes()
returns table (code text, books bigint, debit numeric, credit numeric)
language sql stable security definer set search_path = public, pg_temp as $$
with fresh as materialized (  -- not yet folded into the balances; every older line is
    select l.account_id, sum(l.amount) as amount from posting_line l
     where l.transaction >= (select coalesce(max(sealed_to), 0) from posting_chain)
     group by l.account_id),
place as (
    select b.org, b.code, b.other,
           sum(a.posted + case when a.is_limited then 0 else coalesce(f.amount, 0) end) as amount
      from books_account b join posting_account a on a.id = b.id
      left join fresh f on f.account_id = a.id
     where (select operator_asks()) group by b.org, b.code, b.other)
select p.code, count(distinct p.org), sum(greatest(p.amount, 0)), sum(greatest(-p.amount, 0))
  from place p group by p.code
$$;
