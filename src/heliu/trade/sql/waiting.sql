-- The queue for a seller's goods that are sold on back-order: every open line of them, in the order of
-- placement (lines of one order by their positions), with what of it is ready to be sent, what waits,
-- and by when goods for it are expected (null: not known). Goods that lie there serve the orders that
-- were placed first. Lines of other goods are not in it: what was ordered of them lies there. `skus`
-- narrows it; null is all. Runs as the owner of the database, for the queue is one over all buyers; each
-- reads its own lines, the seller reads all.
create or replace function trade_waiting(whose uuid, skus uuid[])
returns table (order_id uuid, line bigint, sku uuid, ready bigint, waiting bigint, until date)
language plpgsql stable security definer set search_path = public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    if not exists (select from stock_backorder b
                    where b.owner = whose and (skus is null or b.sku_id = any (skus))) then
        return;
    end if;
    return query
    with line as materialized (
        select o.id as order_id, o.buyer, o.lender, l.id, l.sku_id, a.posted,
               l.quantity - l.shipped - l.cancelled as open,
               sum(l.quantity - l.shipped - l.cancelled) over (
                   partition by l.sku_id order by o.placed_at, o.id, l.position
                   rows unbounded preceding)::bigint as up_to
          from ordering_order o
          join ordering_orderline l on l.order_id = o.id
          join stock_backorder b on b.sku_id = l.sku_id and b.owner = whose
                                and (skus is null or b.sku_id = any (skus))
          join stock_promised p on p.owner = whose and p.warehouse = whose and p.sku_id = l.sku_id
          join posting_account a on a.id = p.account
         where o.seller = whose and o.status = any (array['PLACED', 'CONFIRMED', 'PART_SHIPPED'])
           and l.quantity > l.shipped + l.cancelled),
    served as (
        select line.*, least(open, greatest(posted - (up_to - open), 0)) as ready from line)
    select s.order_id, s.id, s.sku_id, s.ready, s.open - s.ready,
           case when s.open > s.ready then (
               select min(t.day)
                 from (select e.day, sum(e.quantity) over (order by e.day, e.id) as come
                         from stock_expected e
                        where e.owner = whose and e.sku_id = s.sku_id and e.status = 'OPEN') t
                where t.come >= s.up_to - s.posted) end
      from served s
     where session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
        or whose = any ((select heliu_orgs())::uuid[])
        or s.buyer = any ((select heliu_orgs())::uuid[])
        or s.lender = any ((select heliu_orgs())::uuid[]);
end $$;
