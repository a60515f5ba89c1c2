-- The laws of orders that are broken, each with its first offender. A line bears no key to its order
-- that the database would hold: it would be looked up for each line. Run by the worker.
create function ordering_check() returns table (law text, offender text)
language sql stable set enable_seqscan = on as $$
    select 'a line has its order, of the same parties', min(l.id)::text
      from ordering_orderline l
      left join ordering_order o on o.id = l.order_id
     where (o.buyer, o.seller, o.lender) is distinct from (l.buyer, l.seller, l.lender)
    having count(*) > 0
    union all
    select 'an order comes to what its lines come to', min(o.number)
      from ordering_order o
      left join (select order_id, sum(amount) as amount
                   from ordering_orderline group by order_id) l on l.order_id = o.id
     where o.total <> coalesce(l.amount, 0)
    having count(*) > 0
$$;
