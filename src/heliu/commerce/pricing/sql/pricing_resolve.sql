-- What a buyer pays a seller for each SKU at a quantity on a day, with all tiers of the list that
-- decides. List first: the buyer's own lists by priority, then the seller's default list; the first
-- in which a tier applies decides. A SKU wanted twice is priced for the sum. Runs as the owner, so
-- it answers only to the buyer, the seller or the worker, and only where the two trade. Whoever
-- only needs the price that holds leaves the tiers out (null).
create or replace function pricing_resolve(
    the_buyer uuid, the_seller uuid, skus uuid[], quantities bigint[], on_day date,
    with_tiers boolean
)
returns table (
    sku uuid, list_code text, currency text, tier_from bigint, unit_price bigint,
    tiers_from bigint[], tiers_price bigint[]
)
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    -- The lists are found once, not once for each SKU.
    with lists as materialized (
        select l.id, l.code, l.currency, false as is_fallback, l.priority
          from pricing_pricelistbuyer b
          join pricing_pricelist l on l.id = b.price_list_id
         where b.buyer = the_buyer and b.seller = the_seller
           and b.valid_from <= on_day and (b.valid_to is null or b.valid_to >= on_day)
        union all
        select l.id, l.code, l.currency, true, l.priority
          from pricing_pricelist l
         where l.seller = the_seller and l.is_default
    ),
    entitled as (
        select from parties_tradingrelationship r
         where r.buyer = the_buyer and r.seller = the_seller and r.status = 'ACTIVE'
           and (session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
                or the_buyer = any (heliu_orgs()) or the_seller = any (heliu_orgs()))
    ),
    wanted as (
        select w.sku, sum(w.quantity)::bigint as quantity
          from unnest(skus, quantities) as w (sku, quantity)
         where exists (select from entitled)
         group by w.sku
    )
    select w.sku, best.code, best.currency, best.min_quantity, best.amount,
           tiers.quantities, tiers.amounts
      from wanted w
     cross join lateral (
        select l.id, l.code, l.currency, p.min_quantity, p.amount
          from lists l
          join pricing_listprice p on p.price_list_id = l.id and p.sku_id = w.sku
         where p.min_quantity <= w.quantity
           and p.valid_from <= on_day and (p.valid_to is null or p.valid_to >= on_day)
         order by l.is_fallback, l.priority, l.code, p.min_quantity desc
         limit 1
     ) as best
     left join lateral (
        select array_agg(p.min_quantity order by p.min_quantity) as quantities,
               array_agg(p.amount order by p.min_quantity) as amounts
          from pricing_listprice p
         where p.price_list_id = best.id and p.sku_id = w.sku
           and p.valid_from <= on_day and (p.valid_to is null or p.valid_to >= on_day)
     ) as tiers on with_tiers
$$;
