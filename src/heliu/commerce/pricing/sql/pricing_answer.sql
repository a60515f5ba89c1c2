-- The one home of the price answer. In this order: what rounding does (`pricing_rounded`), which sets
-- of prices are asked for whom (`pricing_sources`), what the list that decides says
-- (`pricing_listed`), what promotions leave of a price (`pricing_promoted`), which of them their
-- budgets still carry (`pricing_afforded`), what is paid (`pricing_paid`; `pricing_to_pay` for who
-- wants no more than the price), and the answer with all that is shown or kept of it
-- (`pricing_answer`). `pricing_best` stands in pricing_resolve.sql, what whole orders earn in
-- pricing_rewards.sql. Days are those of the chain's zone.
--
-- Functions without `security definer` run as whoever asks and are written into the asking statement,
-- so that what it does not use of them is not worked out. Only the owner's functions ask them.

-- A computed price as a whole number of 10^round_to minor units.
create or replace function pricing_rounded(amount numeric, round_to int, rounding text)
returns bigint language sql immutable as $$
    select (case rounding
            when 'UP' then trunc(amount, -round_to)
                 + case when amount > trunc(amount, -round_to) then 10 ^ round_to else 0 end
            when 'DOWN' then trunc(amount, -round_to)
            else round(amount, -round_to) end)::bigint
$$;

-- The sets of prices that decide what buyers pay sellers at a moment, in the order in which they are
-- asked: the buyer's own lists by priority, then the seller's default list; of each its live version,
-- then, if it is computed, the live version of its base with factor and rounding. `lists` are the
-- lists themselves, `tables` where their prices stand. With them the promotions that may apply, in
-- their order, and `until` when time changes any of it (null: never). One row for each place in the
-- lists, and only lists in the currency in which the two trade; promotions are in ours. Only for the
-- buyer, the seller or the worker, and only where the two trade.
create or replace function pricing_sources_of(buyers uuid[], sellers uuid[], moment timestamptz)
returns table (pair int, lists uuid[], tables uuid[], factors numeric[], round_tos int[],
               roundings text[], promotions uuid[], until timestamptz)
language sql stable
as $$
    select p.n::int, coalesce(s.lists, '{}'), coalesce(s.tables, '{}'), s.factors, s.round_tos,
           s.roundings, coalesce(m.ids, '{}'), least(s.until, a.until, m.until)
      from unnest(buyers, sellers) with ordinality as p (buyer, seller, n)
      join parties_tradingrelationship r
           on r.buyer = p.buyer and r.seller = p.seller and r.status = 'ACTIVE'
     cross join (select (moment at time zone 'Asia/Shanghai')::date as today) d
      left join lateral (
        select array_agg(t.list order by t.is_last, t.priority, t.code, t.is_base) as lists,
               array_agg(t.live order by t.is_last, t.priority, t.code, t.is_base) as tables,
               array_agg(t.factor order by t.is_last, t.priority, t.code, t.is_base) as factors,
               array_agg(t.round_to order by t.is_last, t.priority, t.code, t.is_base)
                   as round_tos,
               array_agg(t.rounding order by t.is_last, t.priority, t.code, t.is_base)
                   as roundings,
               min(t.next) as until
          from (
            select l.id as list, l.priority, l.code, c.is_last, f.is_base, f.factor,
                   l.round_to::int, l.rounding::text, coalesce(v.live, f.id) as live, v.next
              from (
                select b.price_list_id as id, false as is_last
                  from pricing_pricelistbuyer b
                 where b.buyer = p.buyer and b.seller = p.seller
                   and b.valid_from <= d.today and (b.valid_to is null or b.valid_to >= d.today)
                 union all
                select l.id, true from pricing_pricelist l where l.seller = p.seller and l.is_default
              ) c
              join pricing_pricelist l on l.id = c.id and l.currency = r.currency
             cross join lateral (
                select l.id, null::numeric as factor, false as is_base
                 union all
                select l.base_id, l.factor, true where l.base_id is not null
             ) f
              left join lateral (
                select (array_agg(v.id order by v.live_from desc)
                           filter (where v.live_from <= moment))[1] as live,
                       min(v.live_from) filter (where v.live_from > moment) as next
                  from pricing_pricelist v
                 where v.version_of_id = f.id
              ) v on true
          ) t
      ) s on true
      left join lateral (
        select min(least(case when b.valid_from > d.today
                              then b.valid_from::timestamp at time zone 'Asia/Shanghai' end,
                         case when b.valid_to >= d.today
                              then (b.valid_to + 1)::timestamp at time zone 'Asia/Shanghai' end))
                   as until
          from pricing_pricelistbuyer b
         where b.buyer = p.buyer and b.seller = p.seller
      ) a on true
      left join lateral (
        select array_agg(m.id order by m.priority, m.code)
                   filter (where m.starts_at <= moment
                             and (m.budget is null or m.spent < m.budget)) as ids,
               min(case when m.starts_at > moment then m.starts_at else m.ends_at end) as until
          from pricing_promotion m
         where m.seller = p.seller and m.ends_at > moment and r.currency = 'CNY'
           and m.effect in ('PERCENT', 'AMOUNT', 'PRICE')
           and (m.stopped_at is null or m.stopped_at > moment)
           and (m.all_buyers or exists (
                select from pricing_promotionbuyer b
                 where b.promotion_id = m.id and b.buyer = p.buyer))
      ) m on true
     where session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
        or p.buyer = any ((select heliu_orgs())::uuid[])
        or p.seller = any ((select heliu_orgs())::uuid[])
$$;

-- The same by itself. Runs as the owner.
create or replace function pricing_sources(buyers uuid[], sellers uuid[], moment timestamptz)
returns table (pair int, lists uuid[], tables uuid[], factors numeric[], round_tos int[],
               roundings text[], promotions uuid[], until timestamptz)
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
    select * from pricing_sources_of(buyers, sellers, moment)
$$;

-- What the list that decides says of SKUs at quantities at a moment, before promotions, with what led
-- to it. `line_pairs` are places in the lists of buyers and sellers. A SKU wanted twice by a pair is
-- priced for the sum.
create or replace function pricing_listed(
    buyers uuid[], sellers uuid[], line_pairs int[], skus uuid[], quantities bigint[],
    moment timestamptz
)
returns table (
    pair int, sku uuid, quantity bigint, list uuid, tables uuid[], promotions uuid[],
    until timestamptz, factor numeric, round_to int, rounding text, decides uuid,
    tier_from bigint, list_price bigint
)
language sql stable
as $$
    with source as materialized (select * from pricing_sources_of(buyers, sellers, moment))
    select w.pair, w.sku, w.quantity, c.lists[k.place], c.tables, c.promotions,
           c.until, c.factors[k.place], c.round_tos[k.place], c.roundings[k.place], best.list,
           best.min_quantity,
           case when c.factors[k.place] is null then best.amount
                else pricing_rounded(best.amount * c.factors[k.place],
                                     c.round_tos[k.place], c.roundings[k.place]) end
      from (select l.pair, l.sku, sum(l.quantity)::bigint as quantity
              from unnest(line_pairs, skus, quantities) as l (pair, sku, quantity)
             group by l.pair, l.sku) w
      join source c on c.pair = w.pair
     cross join (select (moment at time zone 'Asia/Shanghai')::date as today) d
     cross join lateral pricing_best(c.tables, w.sku, w.quantity, d.today) best
     cross join lateral (select array_position(c.tables, best.list) as place) k
$$;

-- What promotions leave of the price of one, in their order; see the model for the rule. `applied`
-- are those that took something off, `leaves` what each left. `from_quantity` and `below_quantity`
-- are where another one begins to apply, `is_fleeting` whether a budget or the worth of the whole
-- order has a say, so that the answer holds for this order only.
create or replace function pricing_promoted(
    promotions uuid[], wanted uuid, quantity bigint, price bigint, worth bigint,
    out unit_price bigint, out applied uuid[], out leaves bigint[],
    out from_quantity bigint, out below_quantity bigint, out is_fleeting boolean)
language plpgsql stable as $$
declare
    one record;
    left_over bigint;
    is_closed boolean := false;
begin
    unit_price := price;
    applied := '{}';
    leaves := '{}';
    from_quantity := 1;
    is_fleeting := false;
    if cardinality(promotions) = 0 then
        return;
    end if;
    for one in
        select m.* from unnest(promotions) with ordinality x (id, n)
          join pricing_promotion m on m.id = x.id
         where m.all_goods or exists (
               select from pricing_promotiongoods g
                where g.promotion_id = m.id
                  and (g.sku_id = wanted
                       or g.family_id = (select s.family_id from goods_sku s where s.id = wanted)))
         order by x.n
    loop
        is_fleeting := is_fleeting or one.budget is not null or one.min_order is not null;
        if quantity < one.min_quantity then
            below_quantity := least(below_quantity, one.min_quantity);
            continue;
        end if;
        from_quantity := greatest(from_quantity, one.min_quantity);
        continue when one.min_order is not null and (worth is null or worth < one.min_order);
        continue when is_closed or (not one.combinable and cardinality(applied) > 0);
        left_over := case one.effect
            when 'PERCENT' then round(unit_price * (100 - one.percent) * 0.01)::bigint
            when 'AMOUNT' then greatest(unit_price - one.amount, 0)
            else least(unit_price, one.amount) end;
        continue when left_over = unit_price;
        unit_price := left_over;
        applied := applied || one.id;
        leaves := leaves || left_over;
        is_closed := not one.combinable;
    end loop;
end $$;

-- Of the promotions of one order those whose budgets carry what they would take off all its lines: one
-- that would go beyond its budget is passed over for the whole order. Lists are the order's lines.
create or replace function pricing_afforded(
    promotions uuid[], skus uuid[], quantities bigint[], list_prices bigint[], worth bigint)
returns uuid[] language plpgsql stable as $$
declare
    bounded record;
begin
    for bounded in
        select m.id, m.budget - m.spent as room
          from unnest(promotions) with ordinality x (id, n)
          join pricing_promotion m on m.id = x.id
         where m.budget is not null
         order by x.n
    loop
        if bounded.room < (
            select sum(l.quantity * (case when k.place = 1 then l.price
                                          else p.leaves[k.place - 1] end - p.leaves[k.place]))
              from unnest(skus, quantities, list_prices) l (sku, quantity, price)
             cross join lateral pricing_promoted(
                   promotions, l.sku, l.quantity, l.price, worth) p
             cross join lateral (select array_position(p.applied, bounded.id) as place) k)
        then
            promotions := array_remove(promotions, bounded.id);
        end if;
    end loop;
    return promotions;
end $$;

-- What buyers pay sellers for SKUs at quantities at a moment: the price of one by the list that
-- decides (`list_price`, see `pricing_listed`) and what promotions leave of it (`unit_price`), with
-- what led to it. With `as_orders` the lines of a pair are one order, whose worth may earn a promotion.
-- `promotions` are those that might apply, `affordable` those whose budgets carry it.
create or replace function pricing_paid(
    buyers uuid[], sellers uuid[], line_pairs int[], skus uuid[], quantities bigint[],
    moment timestamptz, as_orders boolean
)
returns table (
    pair int, sku uuid, quantity bigint, list uuid, tables uuid[], decides uuid, factor numeric,
    round_to int, rounding text, tier_from bigint, list_price bigint, unit_price bigint,
    applied uuid[], leaves bigint[], promotions uuid[], affordable uuid[],
    from_quantity bigint, below_quantity bigint, is_fleeting boolean, until timestamptz
)
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
    with worth as (
        select l.*, case when as_orders then
                   (sum(l.list_price * l.quantity) over (partition by l.pair))::bigint end as worth
          from pricing_listed(buyers, sellers, line_pairs, skus, quantities, moment) l
    ), afforded as (
        select w.pair, case when not as_orders then w.sku end as sku,
               pricing_afforded(w.promotions, array_agg(w.sku), array_agg(w.quantity),
                                array_agg(w.list_price), w.worth) as promotions
          from worth w
         where cardinality(w.promotions) > 0
         group by w.pair, w.promotions, w.worth, case when not as_orders then w.sku end
    )
    select w.pair, w.sku, w.quantity, w.list, w.tables, w.decides, w.factor, w.round_to,
           w.rounding, w.tier_from, w.list_price, coalesce(m.unit_price, w.list_price),
           coalesce(m.applied, '{}'), coalesce(m.leaves, '{}'), w.promotions, f.promotions,
           m.from_quantity, m.below_quantity, m.is_fleeting, w.until
      from worth w
      left join afforded f on f.pair = w.pair and (as_orders or f.sku = w.sku)
      -- `offset 0`: shut off before it is worked out for every line, and not only after.
      left join lateral (
        select p.* from pricing_promoted(
               f.promotions, w.sku, w.quantity, w.list_price, w.worth) p
         where cardinality(f.promotions) > 0 offset 0
     ) m on true
$$;

-- What is paid for the lines of orders and nothing else: by the list where nobody promotes anything.
create or replace function pricing_to_pay(
    buyers uuid[], sellers uuid[], line_pairs int[], skus uuid[], quantities bigint[],
    moment timestamptz
)
returns table (pair int, sku uuid, unit_price bigint)
language sql stable
as $$
    with promotions as materialized (
        select exists (
            select from pricing_promotion m
             where m.seller = any (sellers) and m.starts_at <= moment and m.ends_at > moment) as any)
    select l.pair, l.sku, l.list_price
      from pricing_listed(buyers, sellers, line_pairs, skus, quantities, moment) l
     where not (select p.any from promotions p)
     union all
    select p.pair, p.sku, p.unit_price
      from pricing_paid(buyers, sellers, line_pairs, skus, quantities, moment, true) p
     where (select p.any from promotions p)
$$;

-- The answer for those who show or keep it: `pricing_paid` with codes and names. The tiers of the
-- deciding list, after promotions, are for whoever shows them (`with_tiers`).
--
-- Whoever keeps an answer asks `with_bounds`: it holds for this pair and SKU from `quantity_from` to
-- below `quantity_below` (null: any more), until `until` (null: until somebody changes prices; the
-- moment itself: do not keep it, a budget or the whole order has a say).
create or replace function pricing_answer(
    buyers uuid[], sellers uuid[], line_pairs int[], skus uuid[], quantities bigint[],
    moment timestamptz, as_orders boolean, with_tiers boolean, with_bounds boolean
)
returns table (
    pair int, sku uuid, list uuid, list_code text, currency text, tier_from bigint,
    list_price bigint, unit_price bigint, applied uuid[], leaves bigint[], promotions text[],
    tiers_from bigint[], tiers_price bigint[],
    quantity_from bigint, quantity_below bigint, until timestamptz
)
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
    with paid as (
        select p.*, (moment at time zone 'Asia/Shanghai')::date as today
          from pricing_paid(buyers, sellers, line_pairs, skus, quantities, moment, as_orders) p
    )
    select w.pair, w.sku, w.list, l.code, l.currency, w.tier_from, w.list_price,
           w.unit_price, w.applied, w.leaves,
           case when cardinality(w.applied) > 0 then
                array(select o.code from unnest(w.applied) with ordinality u (id, n)
                        join pricing_promotion o on o.id = u.id order by u.n) end,
           tiers.froms, tiers.prices,
           greatest(b.from_quantity, w.from_quantity), least(b.below_quantity, w.below_quantity),
           case when w.is_fleeting or w.affordable <> w.promotions then moment
                else least(w.until, b.until) end
      from paid w
      join pricing_pricelist l on l.id = w.list
      left join lateral (
        select array_agg(t.quantity order by t.quantity) as froms,
               array_agg(t.price order by t.quantity) as prices
          from (
            select q.quantity,
                   (select m.unit_price from pricing_promoted(
                        w.promotions, w.sku, q.quantity, p.amount, null) m) as price
              from (
                select p.min_quantity as quantity
                  from pricing_listprice p
                 where with_tiers and p.price_list_id = w.decides and p.sku_id = w.sku
                   and p.valid_from <= w.today and (p.valid_to is null or p.valid_to >= w.today)
                union
                select m.min_quantity
                  from pricing_promotion m
                 where with_tiers and m.id = any (w.promotions) and m.min_order is null
                   and m.min_quantity > w.tier_from
                   and (m.all_goods or exists (
                       select from pricing_promotiongoods g
                        where g.promotion_id = m.id
                          and (g.sku_id = w.sku or g.family_id =
                               (select s.family_id from goods_sku s where s.id = w.sku))))
              ) q
             cross join lateral (
                select case when w.factor is null then best.amount
                            else pricing_rounded(best.amount * w.factor, w.round_to, w.rounding)
                       end as amount
                  from pricing_best(array[w.decides], w.sku, q.quantity, w.today) best
             ) p
          ) t
     ) tiers on true
      left join lateral (
        select max(p.min_quantity) filter (where p.min_quantity <= w.quantity) as from_quantity,
               min(p.min_quantity) filter (where p.min_quantity > w.quantity) as below_quantity,
               min(least(case when p.valid_from > w.today
                              then p.valid_from::timestamp at time zone 'Asia/Shanghai' end,
                         case when p.valid_to >= w.today
                              then (p.valid_to + 1)::timestamp at time zone 'Asia/Shanghai' end))
                   as until
          from pricing_listprice p
         where with_bounds and p.sku_id = w.sku and p.price_list_id = any (w.tables)
     ) b on true
$$;

-- Writes down what promotions took off the lines of orders just written, and counts it against
-- their budgets. A line whose price is not what is answered now keeps its price and has no note.
-- Runs as the owner, because a buyer's order spends the seller's budget.
create or replace function pricing_keep_discounts(
    orders uuid[], buyers uuid[], sellers uuid[], line_orders int[], skus uuid[],
    quantities bigint[], prices bigint[], moment timestamptz)
returns void language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
begin
    if not exists (
        select from pricing_promotion m
         where m.seller = any (sellers) and m.starts_at <= moment and m.ends_at > moment) then
        return;
    end if;
    with given as (
        insert into pricing_discount (
               order_id, sku, promotion_id, place, code, name, name_zh, buyer, seller, quantity,
               before, after, amount, at)
        select orders[a.pair], a.sku, m.id, x.n, m.code, m.name, m.name_zh, buyers[a.pair],
               sellers[a.pair], w.quantity, x.before, x.after,
               w.quantity * (x.before - x.after), moment
          from pricing_paid(buyers, sellers, line_orders, skus, quantities, moment, true) a
          join unnest(line_orders, skus, quantities, prices) w (pair, sku, quantity, price)
               on w.pair = a.pair and w.sku = a.sku and w.price = a.unit_price
         cross join lateral (
            select u.promotion, u.after, u.n,
                   coalesce(lag(u.after) over (order by u.n), a.list_price) as before
              from unnest(a.applied, a.leaves) with ordinality u (promotion, after, n)
         ) x
          join pricing_promotion m on m.id = x.promotion
        returning promotion_id, amount
    ), sums as (
        select g.promotion_id, sum(g.amount)::bigint as amount from given g group by 1
    ), locked as (
        select m.id, s.amount
          from pricing_promotion m join sums s on s.promotion_id = m.id
         where m.budget is not null
         order by m.id for update of m
    )
    update pricing_promotion m set spent = m.spent + l.amount from locked l where m.id = l.id;
end $$;
