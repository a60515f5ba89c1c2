-- What buyers pay sellers for SKUs at quantities on a day, with all tiers of the list that decides.
-- `line_pairs` are places in the lists of buyers and sellers. List first: the buyer's own lists by
-- priority, then the seller's default list; the first in which a tier applies decides. A SKU wanted
-- twice by a pair is priced for the sum. Runs as the owner, so it answers only to the buyer, the
-- seller or the worker, and only where the two trade. Whoever only needs the price that holds
-- leaves the tiers out (null). Tiers come in order from their index: with sorts allowed the planner
-- takes the index that forbids overlaps, which costs several times as much to search.
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
set enable_sort = off
set plan_cache_mode = force_generic_plan
as $$
    with entitled as (
        select p.n::int as pair, p.buyer, p.seller
          from unnest(buyers, sellers) with ordinality as p (buyer, seller, n)
          join parties_tradingrelationship r
               on r.buyer = p.buyer and r.seller = p.seller and r.status = 'ACTIVE'
         where session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
            or p.buyer = any ((select heliu_orgs())::uuid[])
            or p.seller = any ((select heliu_orgs())::uuid[])
    ),
    -- The lists are found once for each pair, not once for each SKU.
    lists as materialized (
        select e.pair, l.id, l.code, l.currency, false as is_fallback, l.priority
          from entitled e
          join pricing_pricelistbuyer b on b.buyer = e.buyer and b.seller = e.seller
          join pricing_pricelist l on l.id = b.price_list_id
         where b.valid_from <= on_day and (b.valid_to is null or b.valid_to >= on_day)
        union all
        select e.pair, l.id, l.code, l.currency, true, l.priority
          from entitled e
          join pricing_pricelist l on l.seller = e.seller and l.is_default
    ),
    choices as materialized (
        select pair, array_agg(id order by is_fallback, priority, code) as ids
          from lists group by pair
    ),
    wanted as (
        select w.pair, w.sku, sum(w.quantity)::bigint as quantity
          from unnest(line_pairs, skus, quantities) as w (pair, sku, quantity)
         group by w.pair, w.sku
    )
    select w.pair, w.sku, l.code, l.currency, best.min_quantity, best.amount,
           tiers.quantities, tiers.amounts
      from wanted w
      join choices c on c.pair = w.pair
     cross join lateral (
        select choice.id, p.min_quantity, p.amount
          from unnest(c.ids) with ordinality as choice (id, n)
         cross join lateral (
            select p.min_quantity, p.amount from pricing_listprice p
             where p.price_list_id = choice.id and p.sku_id = w.sku
               and p.min_quantity <= w.quantity
               and p.valid_from <= on_day and (p.valid_to is null or p.valid_to >= on_day)
             order by p.min_quantity desc
             limit 1
         ) as p
         order by choice.n
         limit 1
     ) as best
      join pricing_pricelist l on l.id = best.id
      left join lateral (
        select array_agg(p.min_quantity order by p.min_quantity) as quantities,
               array_agg(p.amount order by p.min_quantity) as amounts
          from pricing_listprice p
         where with_tiers and p.price_list_id = best.id and p.sku_id = w.sku
           and p.valid_from <= on_day and (p.valid_to is null or p.valid_to >= on_day)
     ) as tiers on true
$$;
