-- Recomputes a deal from its tables alone and compares it with what is stored.
--
--   psql -v deal=DL-2611-003118 -f docs/recompute_deal.sql
--
-- Reads as heliu_worker, which sees all. Amounts are fen. Written to be read beside the loan
-- agreement: interest is reckoned day by day on what was owed that day (a payment counts from its
-- value day on), ACT/360 unless the loan says ACT/365F, rounded half up once; from the end of the
-- days of grace on there is penalty in its place, which also makes the days of grace up to the
-- penalty rate for what outlived them. A payment pays fee, penalty, interest, principal; before a
-- bill is due it fills up the margin instead.
with deal as (
    select * from trade_deal where number = :'deal'
), loan as (
    select l.*,
           l.due_on + l.grace_days as grace_ends,
           case l.day_count when 'ACT/360' then 360 when 'ACT/365F' then 365 end as year
      from lending_loan l join deal d on d.loan_id = l.id
), paid as (
    select r.*, row_number() over (order by r.at, r.id) as n
      from lending_repayment r join loan l on l.id = r.loan_id
), before as (
    -- What had been paid before each payment, and (the last row) in all.
    select m.n, m.on_day,
           coalesce(sum(p.principal), 0) as principal,
           coalesce(sum(p.interest), 0) as interest,
           coalesce(sum(p.penalty), 0) as penalty,
           coalesce(sum(p.fee), 0) as fee,
           coalesce(sum(p.margin), 0) as margin
      from (select n, effective as on_day from paid
            union all
            select (select count(*) + 1 from paid), accrued_to from loan) m
      left join paid p on p.n < m.n
     group by m.n, m.on_day
), owed_by_day as (
    select b.n, day::date as day,
           l.principal - coalesce((select sum(p.principal) from paid p
                                    where p.n < b.n and p.effective <= day::date), 0) as owed
      from before b, loan l,
           generate_series(l.disbursed_on, b.on_day - 1, interval '1 day') as day
), weighed as (
    select o.n,
           sum(o.owed) filter (where o.day < l.grace_ends) as in_time,
           sum(o.owed) filter (where o.day >= l.grace_ends) as late,
           max(o.owed) filter (where o.day = l.grace_ends) as outlived
      from owed_by_day o, loan l
     group by o.n
), charged as (
    -- Half up in whole numbers: (2 a + b) div 2 b is a / b rounded.
    select b.n,
           div(2 * coalesce(w.in_time, 0) * l.rate + 100 * l.year, 200 * l.year) as interest,
           div(2 * l.rate * (l.penalty_factor * coalesce(w.late, 0)
                             + (l.penalty_factor - 1) * l.grace_days * coalesce(w.outlived, 0))
               + 100 * l.year, 200 * l.year) as penalty
      from loan l, before b left join weighed w on w.n = b.n
), due as (
    select p.n, p.amount,
           l.fee - b.fee as fee,
           greatest(0, c.penalty - b.penalty) as penalty,
           greatest(0, c.interest - b.interest) as interest,
           l.principal - b.principal as principal,
           l.principal - l.deposit - b.margin as to_fill,
           l.instrument = 'ACCEPTANCE_BILL'
             and coalesce(p.effective < l.disbursed_on, true) as fills,
           l.is_principal_first and l.due_on > p.effective as is_principal_first
      from loan l, paid p join before b on b.n = p.n join charged c on c.n = p.n
), allocated as (
    select d.n, d.fee, d.penalty, s.first,
           case when d.is_principal_first then least(s.rest - s.first, d.interest)
                else s.first end as interest,
           case when d.fills then 0
                when d.is_principal_first then s.first
                else least(s.rest - s.first, d.principal) end as principal,
           case when d.fills then least(s.rest, d.to_fill) else 0 end as margin
      from (select n, principal, interest, to_fill, fills, amount,
                   is_principal_first and not fills as is_principal_first,
                   least(amount, fee) as fee,
                   least(amount - least(amount, fee), penalty) as penalty
              from due) d,
           lateral (select d.amount - d.fee - d.penalty as rest,
                           least(d.amount - d.fee - d.penalty,
                                 case when d.is_principal_first then d.principal
                                      else d.interest end) as first) s
), book as (
    select a.org, a.code, sum(p.amount) as stands
      from books_account a
      join deal d on a.ref = d.id::text
      join posting_line p on p.account_id = a.id
     group by a.org, a.code
), pledge as (
    select p.* from pledges_pledge p join deal d on d.pledge_id = p.id
), pledged as (
    select coalesce(sum(quantity), 0) as quantity, coalesce(sum(quantity * unit_value), 0) as value
      from pledges_pledgeline where pledge_id = (select id from pledge)
), released as (
    select coalesce(sum(l.quantity), 0) as quantity,
           coalesce(sum(l.quantity * n.unit_value), 0) as value
      from pledges_releaseorder r
      join pledges_releaseline l on l.release_id = r.id
      join pledges_pledgeline n on n.id = l.line_id
     where r.pledge_id = (select id from pledge)
), supervised as (
    select coalesce(sum(case when t.kind = 'SUPERVISED' then i.amount else 0 end), 0)
         - coalesce(sum(case when f.kind = 'SUPERVISED' then i.amount else 0 end), 0) as stands
      from bank_paymentinstruction i
      join deal d on d.id = i.deal
      join bank_bankaccount f on f.id = i.from_account_id
      join bank_bankaccount t on t.id = i.to_account_id
     where i.status = 'BOOKED'
), still_owed as (
    select case when disbursed_on is null or loan_returned_at is not null then 0
                else principal - (select coalesce(sum(principal), 0) from paid) end as principal
      from loan
), compared (place, what, recomputed, stored) as (
    select 10, 'order: sum of its lines',
           (select sum(quantity * unit_price) from ordering_orderline where order_id = o.id), o.total
      from ordering_order o join deal d on d.order_id = o.id
    union all
    select 20, 'loan: deposit, rounded up to the fen', ceil(order_total * deposit_ratio), deposit
      from loan
    union all
    select 21, 'loan: order less deposit, or all of it where the deposit is margin',
           order_total - case deposit_mode when 'CASH_MARGIN' then 0
                              else ceil(order_total * deposit_ratio) end, principal from loan
    union all
    select 30, 'loan: interest up to ' || coalesce(l.accrued_to::text, 'now'),
           c.interest, l.interest_accrued
      from loan l join charged c on c.n = (select count(*) + 1 from paid)
    union all
    select 100 * p.n + part.place, 'payment ' || p.n || ' of ' || p.effective || ': ' || part.what,
           part.recomputed, part.stored
      from paid p join allocated a on a.n = p.n,
           lateral (values (1, 'fee', a.fee, p.fee),
                           (2, 'penalty', a.penalty, p.penalty),
                           (3, 'interest', a.interest, p.interest),
                           (4, 'principal', a.principal, p.principal),
                           (5, 'margin', a.margin, p.margin),
                           (6, 'left over', p.amount - a.fee - a.penalty - a.interest - a.principal
                                            - a.margin, p.unapplied)) as part (place, what, recomputed, stored)
    union all
    select 90000 + part.place, 'loan: ' || part.what || ' paid', part.recomputed, part.stored
      from loan l join before b on b.n = (select count(*) + 1 from paid),
           lateral (values (1, 'fee', b.fee, l.fee_paid),
                           (2, 'penalty', b.penalty, l.penalty_paid),
                           (3, 'interest', b.interest, l.interest_paid),
                           (4, 'principal', b.principal, l.principal_repaid))
           as part (place, what, recomputed, stored)
    union all
    select 90010, 'lender''s book: principal still owed', s.principal,
           coalesce((select stands from book where org = l.lender and code = 'loan_principal'), 0)
      from loan l, still_owed s
    union all
    select 90011, 'dealer''s book: principal still owed', -s.principal,
           coalesce((select stands from book where org = l.borrower and code = 'loan_payable'), 0)
      from loan l, still_owed s
    union all
    select 90012, 'lender''s book: interest receivable', c.interest - b.interest,
           coalesce((select stands from book
                      where org = l.lender and code = 'interest_receivable'), 0)
      from loan l
      join charged c on c.n = (select count(*) + 1 from paid)
      join before b on b.n = c.n
    union all
    select 90013, 'dealer''s book: money in the supervised account', s.stands,
           coalesce((select stands from book
                      where org = l.borrower and code = 'cash_supervised'), 0)
      from loan l, supervised s
    union all
    select 90020, 'pledge: value of its goods', g.value, p.pledged_value from pledge p, pledged g
    union all
    select 90021, 'pledge: value earned free by repaying',
           case when b.principal >= l.principal then g.value
                when l.release_mode = 'DEPOSIT_FIRST'
                then least(g.value, l.deposit + b.principal + b.margin)
                when l.release_mode = 'FLOOR' then r.value  -- above the floor, asked for piece by piece
                when p.missing_value > 0  -- goods came short: the others stay as far as they cover
                then least(div(g.value * b.principal, l.principal),
                           greatest(0, l.order_total - p.missing_value
                                       - ceil((l.principal - b.principal)
                                              / (1 - l.deposit_ratio + 0.05))))
                else div(g.value * b.principal, l.principal) end,
           p.entitlement
      from loan l, pledge p, pledged g, before b, released r
     where b.n = (select count(*) + 1 from paid)
    union all
    select 90022, 'pledge: value released', r.value, p.released_value from pledge p, released r
    union all
    select 90023, 'pledge: released beyond what was earned', 0,
           greatest(0, p.released_value - p.entitlement) from pledge p
    union all
    select 90024, 'stock: pieces bound by the pledge', g.quantity - r.quantity,
           (select coalesce(sum(quantity), 0) from stock_stockrow where pledge = p.id)
      from pledge p, pledged g, released r
    union all
    select 90025, 'lender''s book: goods held in pledge', g.value - r.value,
           coalesce((select stands from book where org = p.pledgee and code = 'collateral'), 0)
      from pledge p, pledged g, released r
)
select what, recomputed::bigint as recomputed, stored::bigint as stored,
       recomputed is not distinct from stored as agrees
  from compared
 order by place;
