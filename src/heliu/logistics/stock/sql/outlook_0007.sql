-- Of SKUs for which an owner takes back-orders: what can be had at once, what can be ordered at all,
-- and how much more of it will be free by which days, as receipts are expected (`days` in order,
-- `come` grows). SKUs without back-orders are not told of: all that can be ordered is there. Runs as
-- the owner of the database and answers to those whom `stock_available` answers.
create or replace function stock_outlook(
    skus uuid[], whose uuid, place uuid, moment timestamptz)
returns table (sku uuid, ready bigint, orderable bigint, days date[], come bigint[])
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
    select s.sku, greatest(s.quantity - b.most, 0), s.quantity, r.days, r.come
      from stock_available(skus, whose, place, moment) s
      join stock_backorder b on b.owner = whose and b.sku_id = s.sku
      left join lateral (
           select array_agg(t.day order by t.day, t.id) as days,
                  array_agg(t.so_far + least(s.quantity - b.most, 0) order by t.day, t.id) as come
             from (select e.day, e.id,
                          sum(e.quantity) over (order by e.day, e.id)::bigint as so_far
                     from stock_expected e
                    where e.owner = whose and e.sku_id = s.sku and e.status = 'OPEN') t) r on true
$$;
