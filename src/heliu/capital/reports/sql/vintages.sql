-- Loans by the month they were paid out: how much was lent, and of it how much was for the first time
-- more than some days late in which month on book, by the end of a day. `month` is null in one row
-- of each month of payment, which bears the loans and what was lent.
create or replace function reports_vintages(lender_ uuid, past_ integer, day_ date)
returns table (vintage date, month integer, loans bigint, amount bigint)
language sql stable parallel safe as $$
  with lent as materialized (
       select l.deal, l.borrower, l.principal, l.due_on + past_ + 1 as late_on,
              date_trunc('month', l.disbursed_on)::date as vintage
         from lending_loan l
        where l.lender = lender_ and l.disbursed_on <= day_),
       late as (
       select lent.vintage, owed.amount,
              (extract(year from age(date_trunc('month', lent.late_on), lent.vintage)) * 12
              + extract(month from age(date_trunc('month', lent.late_on), lent.vintage)))::integer
              as month
         from lent
         join books_account a on a.org = lender_ and a.code = 'loan_principal'
                             and a.other = lent.borrower and a.ref = lent.deal::text
        cross join lateral (
              select sum(p.amount)::bigint as amount from posting_line p
               where p.account_id = a.id and p.effective <= lent.late_on) owed
        where lent.late_on <= day_ and owed.amount > 0)
select vintage, null::integer, count(*), sum(principal)::bigint from lent group by vintage
union all
select vintage, month, count(*), sum(amount)::bigint from late group by vintage, month
$$;
