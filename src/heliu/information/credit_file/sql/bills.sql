-- How the borrower's bills of two years were paid, as far as it was noted by a moment.
select p.order_number, p.due_on, p.paid_on, p.amount
  from credit_file_paymentexperience p
 where p.buyer = %(borrower)s
   and (%(all)s or p.seller = %(seller)s::uuid)
   and p.due_on > %(from)s::date and p.noted_at <= %(at)s and p.paid_on <= %(day)s
 order by p.paid_on, p.id
