-- What stands on each code of a book with each counterparty (minor units), and what stood there at
-- the end of a day; nothing of a book that is not the asker's. `books_stands` is another since
-- `totals.sql`.
create or replace function books_is_asked(of_book uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
select of_book = any ((select heliu_orgs())::uuid[])
       or session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
$$;

create or replace function books_stands(of_book uuid)
returns table (code text, other uuid, amount bigint)
language sql stable security definer set search_path = public, pg_temp as $$
with fresh as materialized (  -- not yet folded into the balances; every older line is
    select l.account_id, sum(l.amount) as amount from posting_line l
     where l.transaction >= (select coalesce(max(sealed_to), 0) from posting_chain)
     group by l.account_id)
select b.code, b.other,
       sum(a.posted + case when a.is_limited then 0 else coalesce(f.amount, 0) end)::bigint
  from books_account b join posting_account a on a.id = b.id
  left join fresh f on f.account_id = a.id
 where b.org = of_book and (select books_is_asked(of_book))
 group by b.code, b.other
$$;

create or replace function books_stood(of_book uuid, on_day date)
returns table (code text, other uuid, amount bigint)
language sql stable security definer set search_path = public, pg_temp as $$
select b.code, b.other, sum(l.amount)::bigint
  from books_account b join posting_line l on l.account_id = b.id
 where b.org = of_book and l.effective <= on_day and (select books_is_asked(of_book))
 group by b.code, b.other
$$;
