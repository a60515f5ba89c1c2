-- What must be known of the lines of orders, in their order: the seller's code, what the buyer pays
-- for one, where the goods are promised and how much is free. Runs as the owner of the database, so
-- that a buyer learns a price and a quantity without seeing rows; answers as `pricing_sources_of` does,
-- where the two trade and one of them asks. The lines of an order are priced as one order. A quantity
-- in which goods are not ordered has no price.
create or replace function trade_line_facts(
    buyers uuid[], sellers uuid[], line_orders int[], skus uuid[], quantities bigint[],
    on_day date, moment timestamptz,
    out codes text[], out prices bigint[], out accounts bigint[], out free bigint[])
language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
begin
    select array_agg(k.code order by l.n),
           array_agg(case when l.quantity >= k.order_minimum
                           and l.quantity % k.order_multiple = 0 then p.unit_price end
                     order by l.n),
           array_agg(s.account order by l.n), array_agg(coalesce(s.quantity, 0) order by l.n)
      into codes, prices, accounts, free
      from unnest(line_orders, skus, quantities) with ordinality l (o, sku, quantity, n)
      left join pricing_to_pay(buyers, sellers, line_orders, skus, quantities, moment) p
                on p.pair = l.o and p.sku = l.sku
      -- `offset 0`: one by one, whatever the planner knows of the table.
      left join lateral (
           select g.id, g.code, g.seller, g.order_minimum, g.order_multiple from goods_sku g
            where g.id = l.sku and g.seller = sellers[l.o] and g.is_active
              and (not g.is_restricted or catalogue_admits(buyers[l.o], g.id))
           offset 0) k on true
      left join lateral stock_promise(k.id, k.seller, k.seller, moment) s on true;
end $$;
