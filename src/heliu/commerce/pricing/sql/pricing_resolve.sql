-- The price lists of which buyers pay sellers on a day, in the order in which they decide: the
-- buyer's own by priority, then the seller's default list; a row for each place in the lists. Runs
-- as the owner, so it answers only to the buyer, the seller or the worker, and only where the two
-- trade.
create or replace function pricing_lists(buyers uuid[], sellers uuid[], on_day date)
returns table (pair int, lists uuid[])
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
    select p.n::int,
           array(select l.id
                   from pricing_pricelistbuyer b
                   join pricing_pricelist l on l.id = b.price_list_id
                  where b.buyer = p.buyer and b.seller = p.seller
                    and b.valid_from <= on_day and (b.valid_to is null or b.valid_to >= on_day)
                  order by l.priority, l.code)
           || array(select l.id from pricing_pricelist l
                     where l.seller = p.seller and l.is_default)
      from unnest(buyers, sellers) with ordinality as p (buyer, seller, n)
      join parties_tradingrelationship r
           on r.buyer = p.buyer and r.seller = p.seller and r.status = 'ACTIVE'
     where session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
        or p.buyer = any ((select heliu_orgs())::uuid[])
        or p.seller = any ((select heliu_orgs())::uuid[])
$$;

-- The price of one SKU at a quantity on a day: of the first of the lists in which a tier applies,
-- the highest tier that does. Runs as whoever asks and is written into the asking statement.
create or replace function pricing_best(lists uuid[], wanted uuid, how_many bigint, on_day date)
returns table (list uuid, min_quantity bigint, amount bigint)
language sql stable as $$
    select p.price_list_id, p.min_quantity, p.amount
      from pricing_listprice p
     where p.sku_id = wanted and p.price_list_id = any (lists) and p.min_quantity <= how_many
       and p.valid_from <= on_day and (p.valid_to is null or p.valid_to >= on_day)
     order by array_position(lists, p.price_list_id), p.min_quantity desc
     limit 1
$$;

-- What buyers pay sellers for SKUs at quantities on a day, with all tiers of the list that decides.
-- `line_pairs` are places in the lists of buyers and sellers. A SKU wanted twice by a pair is priced
-- for the sum. Runs as the owner and answers as `pricing_lists` does: to the buyer, the seller or
-- the worker, and only where the two trade. Whoever only needs the price that holds leaves the
-- tiers out (null).
create or replace function pricing_resolve(
    buyers uuid[], sellers uuid[], line_pairs int[], skus uuid[], quantities bigint[],
    on_day date, with_tiers boolean
)
returns table (
    pair int, sku uuid, list_code text, currency text, tier_from bigint, unit_price bigint,
    tiers_from bigint[], tiers_price bigint[]
)
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
    with wanted as (
        select w.pair, w.sku, sum(w.quantity)::bigint as quantity
          from unnest(line_pairs, skus, quantities) as w (pair, sku, quantity)
         group by w.pair, w.sku
    )
    select w.pair, w.sku, l.code, l.currency, best.min_quantity, best.amount,
           tiers.quantities, tiers.amounts
      from wanted w
      join pricing_lists(buyers, sellers, on_day) c on c.pair = w.pair
     cross join lateral pricing_best(c.lists, w.sku, w.quantity, on_day) best
      join pricing_pricelist l on l.id = best.list
      left join lateral (
        select array_agg(p.min_quantity order by p.min_quantity) as quantities,
               array_agg(p.amount order by p.min_quantity) as amounts
          from pricing_listprice p
         where with_tiers and p.price_list_id = best.list and p.sku_id = w.sku
           and p.valid_from <= on_day and (p.valid_to is null or p.valid_to >= on_day)
     ) as tiers on true
$$;
