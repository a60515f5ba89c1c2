-- What is owed of each of a lender's loans at the end of a day, as its books say. It asks as whoever
-- asks: row policies show nobody another lender's loans or lines.
-- A payment's value day may lie after the day it came, by days and never by a month: loans that
-- ended long before need no look at their lines.
create or replace function reports_owed_on(lender_ uuid, day_ date)
returns table (loan uuid, number varchar, deal uuid, borrower uuid, seller uuid, programme uuid,
               due_on date, days_late integer, principal bigint)
language sql stable parallel safe as $$
select l.id, l.number, l.deal, l.borrower, l.seller, l.programme_id,
       l.due_on, greatest(day_ - l.due_on, 0), owed.amount
  from lending_loan l
  join books_account a on a.org = l.lender and a.code = 'loan_principal'
                      and a.other = l.borrower and a.ref = l.deal::text
 cross join lateral (
       select sum(p.amount)::bigint as amount
         from posting_line p where p.account_id = a.id and p.effective <= day_) owed
 where l.lender = lender_ and l.disbursed_on <= day_
   and coalesce(l.repaid_at, l.loan_returned_at, l.written_off_at, 'infinity') > day_ - 31
   and owed.amount <> 0
$$;
