-- How one deal stands, of an order or against stock, for those who look after it: today, now, the
-- deal.
select d.number, d.outcome, d.is_stock, o.id as order_id, o.number as order_number, o.status as order_status,
       coalesce(o.pay_by, 'FINANCE') as pay_by, l.number as loan_number, l.status as loan_status, l.principal,
       l.principal_repaid, l.due_on, l.expires_at, l.agreement_digest, l.deposit_ratio,
       p.status as pledge_status, p.pledged_quantity - p.released_quantity as bound,
       p.short_since is not null as is_short,
       l.default_noticed_on + l.notice_days < %s::date as may_enforce,
       q.level = 'LIQUIDATION' and c.id is not null or c.status = 'LAPSED' as is_lost,
       c.status = 'OPEN' as is_called, q.value - q.floor as pool_free,
       (select coalesce(jsonb_agg(jsonb_build_object('number', g.number, 'kind', g.kind,
                   'status', g.status) order by g.number), '[]')
          from trade_lodging g where g.deal_id = d.id) as lodgings,
       l.default_noticed_on is not null as is_noticed,
       l.accepted_on is not null and l.disbursed_on is null and l.margin >= l.principal
           as is_paid_in,
       l.margin, l.deposit_mode,
       l.status = 'AWAIT_DEPOSIT' and l.deposit_until is not null as pays_in,
       (select jsonb_build_object('id', a.id, 'act', a.act) from approvals_approval a
         where a.subject = d.id and a.status = 'WAITING'
         order by a.asked_at, a.id limit 1) as asked,
       (select jsonb_build_object('id', s.id, 'number', s.number, 'buyer', s.buyer)
          from trade_sale s where s.deal_id = d.id and s.agreed_at is not null
           and s.paid_at is null and s.called_off_at is null) as sale,
       (select coalesce(jsonb_agg(jsonb_build_object('sku', i.sku_id, 'family', k.family_id,
                   'left', i.quantity - i.released,
                   'value', (i.quantity - i.released) * i.unit_value) order by i.id), '[]')
          from pledges_pledgeline i join goods_sku k on k.id = i.sku_id
         where i.pledge_id = p.id and i.is_live) as bound_lines,
       (select coalesce(jsonb_agg(jsonb_build_object('id', i.id,
                   'open', i.quantity - i.shipped - i.cancelled) order by i.position)
                   filter (where i.quantity > i.shipped + i.cancelled), '[]')
          from ordering_orderline i where i.order_id = o.id) as to_ship,
       (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'number', s.number,
                   'status', s.status) order by s.number), '[]')
          from transport_shipment s
         where (s.order_id = d.order_id or s.deal = d.id) and s.status <> 'RECEIVED')
           as shipments,
       (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'number', r.number,
                   'status', r.status, 'digest', r.code_digest,
                   'taker', r.taker, 'is_late', r.code_valid_until <= %s)
                   order by r.number), '[]')
          from pledges_releaseorder r where r.deal = d.id) as releases,
       (select coalesce(jsonb_agg(c.id order by c.counted_at), '[]') from warehousing_receiving c
          join transport_shipment s on s.id = c.shipment
         where s.order_id = o.id and c.status = 'COUNTED') as differences,
       (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'number', r.number,
                   'status', r.status) order by r.number), '[]')
          from returns_return r where r.deal = d.id
           and r.status not in ('REFUSED', 'WITHDRAWN', 'SETTLED')) as returns,
       (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'number', r.number)
                   order by r.number), '[]')
          from returns_return r where r.deal = d.id and r.status = 'SETTLED' and r.refund > 0
           and not r.refund_by_bank) as to_refund,
       (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'status', c.status)
                   order by c.number), '[]')
          from cases_case c where c.deal = d.id and c.status <> 'CLOSED') as cases,
       (select coalesce(jsonb_agg(s.id order by s.number), '[]') from transport_shipment s
         where s.order_id = o.id and not exists (
               select from vat_vatinvoice v where v.key = s.id::text)
           and exists (select from transport_shipmentline n
                        left join warehousing_receivingline c on c.shipment_line = n.id
                        where n.shipment_id = s.id
                          and n.quantity > coalesce(c.damaged + c.missing, 0)))
           as not_invoiced,
       (select v.id from vat_vatinvoice v where v.order_id = o.id and v.status = 'REFUSED'
         order by v.asked_at, v.id limit 1) as vat_refused,
       exists (select from ordering_orderchange c where c.order_id = o.id and c.status = 'SELLER')
           as change_waits,
       (select count(*) from bank_paymentinstruction b where b.deal = d.id
          and b.status in ('CREATED', 'SENT', 'UNKNOWN')) as at_the_bank,
       (select coalesce(jsonb_agg(b.id order by b.number), '[]') from bank_paymentinstruction b
         where b.deal = d.id and b.status = 'REJECTED'
           and b.purpose in ('REFUND', 'LOAN_BACK', 'DEPOSIT_BACK', 'UNAPPLIED_BACK',
                             'BILL_PAYMENT')
           and b.key !~ '^(buy-back|duty:)'
           and (b.purpose <> 'BILL_PAYMENT' or l.loan_returned_at is null)
           and not exists (select from bank_paymentinstruction n where n.deal = d.id
                              and n.key = right(b.key || '+' || b.number, 80))) as refused,
       (select b.id from bank_paymentinstruction b where b.deal = d.id and b.status = 'REJECTED'
           and b.key ~ '^buy-back' and l.status = 'ENFORCING'
           and not exists (select from trade_sale s where s.deal_id = d.id
                              and s.agreed_at is not null and s.called_off_at is null)
           and not exists (select from bank_paymentinstruction n where n.deal = d.id
                              and n.key = right(b.key || '+' || b.number, 80))) as not_bought_back,
       (select f.id from registry_filing f where f.deal = d.id and f.status = 'REFUSED'
           and (d.outcome = 'OPEN' or f.kind = 'DISCHARGE')
           and not exists (select from registry_filing n where n.instead_of_id = f.id)
         order by f.written_at limit 1) as not_filed,
       exists (select from registry_filing f where f.deal = d.id
           and f.status in ('WRITTEN', 'SENT', 'UNKNOWN')) as at_the_registry,
       exists (select from registry_filing f where f.deal = d.id and f.kind = 'SEARCH'
           and f.against > 0 and not exists (select from registry_filing n
                where n.deal = d.id and n.kind = 'SEARCH' and n.written_at > f.written_at)
           and not exists (select from trade_dealstep t where t.deal_id = d.id
                and t.step = 'CONFLICT_ACCEPTED' and t.key = f.id::text)) as is_claimed
  from trade_deal d left join ordering_order o on o.id = d.order_id
  left join trade_pool q on q.deal_id = d.id
  left join lateral (select m.id, m.status from trade_margincall m where m.pool_id = q.id
                        and m.status in ('OPEN', 'LAPSED') order by m.called_at desc limit 1) c
         on true
  left join lending_loan l on l.deal = d.id
  left join pledges_pledge p on p.deal = d.id
 where d.id = %s
