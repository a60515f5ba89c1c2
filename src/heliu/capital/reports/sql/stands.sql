-- What stands on one account of a book's chart, over all parties and deals, at the end of each of
-- some days; debit positive. Lines are summed by day once, then up to each day that is asked.
create or replace function reports_stands(book_ uuid, code_ text, days_ date[])
returns table (day date, amount bigint)
language sql stable parallel safe as $$
  with moved as materialized (
       select p.effective, sum(p.amount) as amount
         from books_account a
         join posting_line p on p.account_id = a.id
        where a.org = book_ and a.code = code_
          and p.effective <= (select max(d) from unnest(days_) d)
        group by p.effective)
select asked.day, coalesce(sum(moved.amount), 0)::bigint
  from unnest(days_) asked(day)
  left join moved on moved.effective <= asked.day
 group by asked.day
$$;
