-- The trial balance of a period: what stood on each code and counterparty before it, and what was
-- entered on either side in it.
insert into books_periodrow (period_id, org, code, other, opening, debit, credit)
select p.id, p.org, s.code, s.other, s.opening, s.debit, s.credit
  from books_period p
 cross join lateral (
       select a.code, a.other,
              coalesce(sum(l.amount) filter (where l.effective < p.first), 0) as opening,
              coalesce(sum(l.amount) filter (where l.effective >= p.first and l.amount > 0), 0)
                  as debit,
              coalesce(-sum(l.amount) filter (where l.effective >= p.first and l.amount < 0), 0)
                  as credit
         from books_account a join posting_line l on l.account_id = a.id
        where a.org = p.org and l.effective <= p.last
        group by a.code, a.other) s
 where p.id = %s and (s.opening, s.debit, s.credit) <> (0, 0, 0)
