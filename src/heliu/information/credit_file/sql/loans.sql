-- The borrower's loans from this lender with what was repaid by a moment, the oldest first.
-- `paid_off_on` is the value day of the payment after which nothing was owed.
select l.number, l.disbursed_on, l.due_on, l.grace_days, l.principal,
       coalesce(sum(r.principal), 0)::bigint,
       case when l.repaid_at <= %(at)s then max(r.effective) end,
       coalesce(array_agg(r.effective order by r.effective, r.id)
                filter (where r.paid_by = 'BORROWER'), '{}'),
       coalesce(array_agg(r.amount order by r.effective, r.id)
                filter (where r.paid_by = 'BORROWER'), '{}')
  from lending_loan l
  left join lending_repayment r on r.loan_id = l.id and r.at <= %(at)s
 where l.borrower = %(borrower)s and l.lender = %(lender)s and l.disbursed_at <= %(at)s
   and (l.loan_returned_at is null or l.loan_returned_at > %(at)s)
   and (l.seller_refunded_at is null or l.seller_refunded_at > %(at)s)
 group by l.id
 order by l.disbursed_on, l.id
