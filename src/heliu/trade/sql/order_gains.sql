-- What orders may earn as a whole (`pricing_rewards`), with the goods that may be given for free: their
-- codes, what one is worth to the buyer of the order, where they are promised and how many are free
-- (for who may not wait those that lie there). Null where no promotion of whole orders is about them.
-- Runs as the owner and answers as `pricing_rewards` does.
create or replace function trade_order_gains(
    buyers uuid[], sellers uuid[], line_orders int[], skus uuid[], quantities bigint[],
    moment timestamptz)
returns jsonb language plpgsql stable security definer
set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
    gains jsonb := pricing_rewards(buyers, sellers, line_orders, skus, quantities, moment);
begin
    if gains is null then
        return null;
    end if;
    return gains || jsonb_build_object('gifts', (
        with given as (
            select distinct (r ->> 'pair')::int as pair,
                   coalesce((r ->> 'gift')::uuid, c.sku::uuid) as sku
              from jsonb_array_elements(gains -> 'rules') r
             cross join lateral jsonb_array_elements_text(r -> 'covers') c (sku)
             where r ->> 'effect' = 'GOODS'
        ), lists as (
            select array_agg(g.pair) as pairs, array_agg(g.sku) as skus,
                   array_agg(1::bigint) as ones
              from given g)
        select jsonb_agg(jsonb_build_array(
                   g.pair, g.sku, k.code, p.list_price, s.account, f.free))
          from given g
          join goods_sku k on k.id = g.sku and k.seller = sellers[g.pair] and k.is_active
               and (not k.is_restricted or catalogue_admits(buyers[g.pair], k.id))
         cross join lists l
          left join pricing_paid(buyers, sellers, l.pairs, l.skus, l.ones, moment, false) p
                    on p.pair = g.pair and p.sku = g.sku
          left join lateral stock_promise(k.id, k.seller, k.seller, moment) s on true
          left join lateral (
               select (trade_free_now(
                           array[buyers[g.pair]], array[sellers[g.pair]], array[1],
                           array[g.sku], array[s.quantity]::bigint[]))[1] as free) f on true));
end $$;
