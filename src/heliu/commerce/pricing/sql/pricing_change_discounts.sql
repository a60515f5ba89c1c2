-- An order has become another: what promotions took off its lines is written down anew, and their
-- budgets get back what is not taken any more. A line that kept its price keeps its promotions, on
-- its quantity of now; one that was priced now (`afresh`) has those of now; one that is gone has
-- none. Runs as the owner, as `pricing_keep_discounts` does.
create or replace function pricing_change_discounts(
    changed uuid, buyer uuid, seller uuid, skus uuid[], quantities bigint[], prices bigint[],
    afresh boolean[], moment timestamptz)
returns void language plpgsql security definer set search_path = public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
    if not (buyer = any (heliu_orgs()) or seller = any (heliu_orgs()) or not posting_bound()) then
        return;
    end if;
    perform from pricing_promotion m
      where m.id in (select d.promotion_id from pricing_discount d where d.order_id = changed)
      order by m.id for update;
    with stands as (
        select w.sku, w.quantity from unnest(skus, quantities, afresh) w (sku, quantity, is_new)
         where not w.is_new),
    gone as (
        delete from pricing_discount d
         where d.order_id = changed and not exists (select from stands s where s.sku = d.sku)
        returning d.promotion_id, -d.amount as amount),
    moved as (
        update pricing_discount d
           set quantity = s.quantity, amount = s.quantity * (d.before - d.after)
          from stands s
         where d.order_id = changed and d.sku = s.sku and d.quantity <> s.quantity
        returning new.promotion_id, new.amount - old.amount as amount),
    sums as (
        select x.promotion_id, sum(x.amount)::bigint as amount
          from (select * from gone union all select * from moved) x group by 1)
    update pricing_promotion m set spent = greatest(m.spent + s.amount, 0)
      from sums s where m.id = s.promotion_id and m.budget is not null;

    -- The price of a line that kept its own matches no answer, so it gets no other note.
    perform pricing_keep_discounts(
        array[changed], array[buyer], array[seller],
        array_fill(1, array[cardinality(skus)]), skus, quantities,
        array(select case when p.is_new then p.price else -1 end
                from unnest(prices, afresh) with ordinality p (price, is_new, n) order by p.n),
        moment);
end $$;
