-- The borrower's orders of two years as they stood at a moment; what was cancelled by then is out.
-- `lost` is the price of what arrived damaged or not at all, known once the order was completed.
select o.number, o.seller, o.placed_at, o.total, o.completed_at <= %(at)s, coalesce(l.lost, 0)
  from ordering_order o
  left join lateral (
       select sum((n.damaged + n.missing) * n.unit_price)::bigint as lost
         from ordering_orderline n
        where n.order_id = o.id and o.completed_at <= %(at)s) l on true
 where o.buyer = %(borrower)s
   and (%(all)s or o.seller = %(seller)s::uuid)
   and o.placed_at > %(from)s and o.placed_at <= %(at)s
   and (o.cancelled_at is null or o.cancelled_at > %(at)s)
 order by o.placed_at, o.id
