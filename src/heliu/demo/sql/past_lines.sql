-- The lines of the past orders; what came was what was ordered.
insert into ordering_orderline (order_id, buyer, seller, position, sku_id, quantity, unit_price,
       amount, shipped, received, damaged, missing, cancelled)
select o.id, o.buyer, o.seller, l.position, l.sku, l.quantity, l.price,
       l.quantity * l.price, l.quantity, l.quantity, 0, 0, 0
  from past_line l join past_order o on o.id = l.order_id
 order by o.placed_at, o.id, l.position
