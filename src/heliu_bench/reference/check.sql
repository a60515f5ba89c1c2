-- After any load every count is 0: nothing was lost, doubled or sold twice.
select 'stock is not the sum of the lines' as law, count(*) as offenders
  from (select sku, sum(quantity) as q from order_line group by sku) l full join stock s using (sku)
 where coalesce(l.q, 0) <> coalesce(s.reserved, 0)
union all
select 'credit held is not the sum of the orders', count(*)
  from (select buyer, sum(total) as t from orders group by buyer) o full join credit c using (buyer)
 where coalesce(o.t, 0) <> coalesce(c.held, 0)
union all
select 'a total is not the sum of ten lines', count(*)
  from orders o
  left join (select order_id, sum(amount) as a, count(*) as n from order_line group by order_id) l
         on l.order_id = o.id
 where o.total is distinct from l.a or l.n <> 10
union all
select 'a journal does not have three rows that sum to zero', count(*)
  from orders o
  left join (select order_id, sum(amount) as a, count(*) as n from journal group by order_id) j
         on j.order_id = o.id
 where j.a is distinct from 0 or j.n <> 3
union all
select 'an order does not have one row in the outbox', count(*)
  from orders o
  left join (select (payload ->> 'order')::bigint as id, count(*) as n from outbox group by 1) b
         on b.id = o.id
 where b.n is distinct from 1
