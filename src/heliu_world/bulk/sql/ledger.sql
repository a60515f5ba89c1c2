-- What the orders of a period left in the books of seller and buyer: delivered on terms and paid,
-- or paid before delivery. A dealer pays all that falls on one day at once.
create temporary table bulk_prepaid on commit drop as
select o.id as order_id, p.*, format('book:%%s:%%s:%%s:%%s', p.org, p.code, p.other, o.id) as key
  from past_order o,
       lateral (values (o.seller, 'contract_liability', o.buyer),
                       (o.buyer, 'prepayment', o.seller)) p(org, code, other)
 where o.pay_by = 'TRANSFER';
insert into books_account (id, org, code, other, ref)
select o.id, p.org, p.code, p.other, p.order_id
  from (select array_agg(key) as keys, array_agg('book:' || org) as books, array_agg('CNY'::text) as units,
               array_agg(org) as orgs, array_agg(other) as others,
               array_agg(null::bigint) as none, array_agg(50::smallint) as ranks
          from bulk_prepaid) s,
       lateral posting_open(s.keys, s.books, s.books, s.units, s.orgs, s.others, s.none, s.none,
                            s.ranks) o
  join bulk_prepaid p on p.key = o.key;

create temporary table bulk_journal on commit drop as
select uuidv7(j.at - clock_timestamp()) as id, j.*
  from (select o.id as subject, o.buyer, o.seller, o.total, o.pay_by, j.*
          from past_order o,
               lateral (values
                   ('order_paid', 'order_paid:' || o.id, o.placed_at),
                   (case o.pay_by when 'TERMS' then 'terms_delivered' else 'order_delivered' end,
                    'delivered:' || o.id, o.placed_at + interval '1 day')
               ) j(kind, key, at)
         where o.pay_by = 'TRANSFER' or j.kind <> 'order_paid'
         union all
        select buyer, buyer, seller, sum(total), 'TERMS', 'terms_paid',
               format('terms-paid:%%s:%%s:%%s', buyer, paid_on, %(part)s),
               (paid_on + time '12:00') at time zone 'Asia/Shanghai'
          from past_order where pay_by = 'TERMS' group by buyer, seller, paid_on) j
 where j.at <= %(at)s;
analyze bulk_journal, bulk_prepaid;

insert into posting_journal (id, key, kind, effective, subject, content, at, orgs)
select id, key, kind, (at at time zone 'Asia/Shanghai')::date, subject,
       sha256(convert_to(key, 'UTF8')), at, array[least(buyer, seller), greatest(buyer, seller)]
  from bulk_journal order by at, id;

insert into posting_line (journal_id, account_id, amount, effective, org, other, chain_id,
       transaction)
select j.id, k.id, l.amount, (j.at at time zone 'Asia/Shanghai')::date, k.org, k.other, k.chain_id,
       pg_current_xact_id()::text::bigint
  from bulk_journal j
  join bulk_account a on a.buyer = j.buyer
 cross join bulk_house h
  left join lateral (
       select max(b.id) filter (where b.code = 'contract_liability') as liability,
              max(b.id) filter (where b.code = 'prepayment') as prepayment
         from bulk_prepaid p join books_account b
           on (b.org, b.code, b.other, b.ref) = (p.org, p.code, p.other, p.order_id::text)
        where j.pay_by = 'TRANSFER' and p.order_id = j.subject) p on true
 cross join lateral (values
       ('TERMS', 'terms_delivered', 1, a.receivable, total),
       ('TERMS', 'terms_delivered', 2, h.revenue, -total),
       ('TERMS', 'terms_delivered', 3, a.stock, total),
       ('TERMS', 'terms_delivered', 4, a.payable, -total),
       ('TERMS', 'terms_paid', 1, h.cash, total), ('TERMS', 'terms_paid', 2, a.receivable, -total),
       ('TERMS', 'terms_paid', 3, a.payable, total), ('TERMS', 'terms_paid', 4, a.bank, -total),
       ('TRANSFER', 'order_paid', 1, h.cash, total),
       ('TRANSFER', 'order_paid', 2, p.liability, -total),
       ('TRANSFER', 'order_paid', 3, p.prepayment, total),
       ('TRANSFER', 'order_paid', 4, a.bank, -total),
       ('TRANSFER', 'order_delivered', 1, p.liability, total),
       ('TRANSFER', 'order_delivered', 2, h.revenue, -total),
       ('TRANSFER', 'order_delivered', 3, a.stock, total),
       ('TRANSFER', 'order_delivered', 4, p.prepayment, -total)
     ) l(pay_by, kind, place, account, amount)
  join posting_account k on k.id = l.account
 where (l.pay_by, l.kind) = (j.pay_by, j.kind)
 order by j.at, j.id, l.place;

-- The seller trusts each dealer with twice what it ever owed.
update posting_account k
   set posted = k.posted + s.owed, ceiling = greatest(k.ceiling, 2 * (k.posted + s.owed))
  from (select a.receivable, sum(case kind when 'terms_delivered' then total else -total end) as owed
          from bulk_journal j join bulk_account a on a.buyer = j.buyer
         where j.pay_by = 'TERMS' group by a.receivable) s
 where k.id = s.receivable;

-- What of them is not paid yet stands open under an invoice, reminded of as its age says.
insert into terms_terms (id, seller, buyer, rule, days, rolls, discount, discount_days, grace_days,
       tolerance, late_rate, ceiling, stop, set_by_name, set_at)
select uuidv7(), h.seller, a.buyer, 'NET', 30, false, 0, 0, 30, 0, 0, k.ceiling, '', 'system', %(at)s
  from bulk_account a join posting_account k on k.id = a.receivable cross join bulk_house h
    on conflict (seller, buyer) do update set ceiling = excluded.ceiling;

insert into terms_invoice (id, number, kind, seller, buyer, order_id, order_number, deal, key,
       amount, issued_on, due_on, discount, late_rate, paid, credited, discounted, written_off,
       disputed, dispute, status, reminded, next_on)
select uuidv7(), 'IV-' || substr(o.number, 4, 4) || '-' || to_char(nextval('number_iv'), 'FM999000000'),
       'GOODS', o.seller, o.buyer, o.id, o.number, o.deal, 'delivered:' || o.id, o.total,
       d.issued, o.due_on, 0, 0, 0, 0, 0, 0, 0, '',
       case when d.late > 0 then 'OVERDUE' else 'OPEN' end, s.reminded,
       case when d.late >= 30 then d.today else o.due_on + s.next end
  from past_order o,
       lateral (select (%(at)s at time zone 'Asia/Shanghai')::date as today,
                       ((o.placed_at + interval '1 day') at time zone 'Asia/Shanghai')::date as issued,
                       (%(at)s at time zone 'Asia/Shanghai')::date - o.due_on as late) d,
       lateral (select max(day) filter (where day <= d.late) as reminded,
                       min(day) filter (where day > d.late) as next
                  from unnest(array[-3, 1, 7, 15, 30, 60]) day) s
 where o.pay_by = 'TERMS' and o.placed_at + interval '1 day' <= %(at)s
   and (o.paid_on + time '12:00') at time zone 'Asia/Shanghai' > %(at)s;
