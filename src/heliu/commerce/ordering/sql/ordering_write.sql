-- Writes orders as placed, with their lines: one row for each place in the lists. The lines of an
-- order are numbered in the order in which they come; `line_orders` are places in the lists. Goods
-- go to the address that was named, else to the buyer's default, as it is now (`addresses_for`);
-- those a lender finances to their keeper.
create or replace function ordering_write(
    ids uuid[], numbers text[], buyers uuid[], sellers uuid[], warehouses uuid[], lenders uuid[],
    ways text[], units text[], totals bigint[], users uuid[], names text[], remarks text[],
    external_ids text[], days date[], addresses uuid[],
    line_orders int[], skus uuid[], quantities bigint[], prices bigint[], line_days date[],
    now_at timestamptz)
returns void language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
    insert into ordering_order (
           id, number, buyer, seller, warehouse, lender, status, pay_by, currency, total,
           placed_by, placed_by_name, placed_at, cancel_reason, remark, external_id, wanted_on, ship_to)
    select o.id, o.number, o.buyer, o.seller, o.warehouse, o.lender, 'PLACED', o.pay_by, o.unit,
           o.total, o.who, o.name, now_at, '', o.remark, o.external_id,
           o.day, a.told
      from unnest(ids, numbers, buyers, sellers, warehouses, lenders, ways, units, totals, users,
                  names, remarks, external_ids, days, addresses)
           o (id, number, buyer, seller, warehouse, lender, pay_by, unit, total, who, name, remark,
              external_id, day, address)
      left join lateral addresses_for(o.buyer, o.address) a on o.lender is null;

    insert into ordering_orderline (
           order_id, buyer, seller, lender, position, sku_id, quantity, unit_price, amount,
           shipped, received, damaged, missing, cancelled, wanted_on)
    select ids[l.o], buyers[l.o], sellers[l.o], lenders[l.o],
           row_number() over (partition by l.o order by l.n),
           l.sku, l.quantity, l.price, l.quantity * l.price, 0, 0, 0, 0, 0, l.day
      from unnest(line_orders, skus, quantities, prices, line_days)
           with ordinality l (o, sku, quantity, price, day, n)
     order by l.o, l.n;
end $$;
