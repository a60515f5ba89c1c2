-- Why a buyer pays what it pays: the sets of prices that `pricing_answer` asked for a SKU, in their
-- order, with what each says at the quantity. The first with a price decides. Runs as the owner and
-- answers as `pricing_sources` does.
create or replace function pricing_why_lists(
    buyer_is uuid, seller_is uuid, wanted uuid, how_many bigint, moment timestamptz)
returns table (
    place int, code text, name text, name_zh text, is_default boolean, is_contract boolean,
    version int, live_from timestamptz, valid_from date, valid_to date, base_code text,
    factor numeric, tiers_from bigint[], tiers_price bigint[], tier_from bigint, price bigint)
language sql stable security definer set search_path = public, pg_temp
set enable_seqscan = off
as $$
    select s.place::int, l.code, l.name, l.name_zh, l.is_default,
           exists (select from pricing_contract c where c.price_list_id = l.id),
           t.version, t.live_from, b.valid_from, b.valid_to,
           case when s.factor is not null then h.code end, s.factor,
           tiers.froms, tiers.prices, best.min_quantity, one.price
      from pricing_sources(array[buyer_is], array[seller_is], moment) x
     cross join lateral unnest(x.lists, x.tables, x.factors, x.round_tos, x.roundings)
           with ordinality s (list, tab, factor, round_to, rounding, place)
     cross join (select (moment at time zone 'Asia/Shanghai')::date as today) d
      join pricing_pricelist l on l.id = s.list
      join pricing_pricelist t on t.id = s.tab
      left join pricing_pricelist h on h.id = coalesce(t.version_of_id, t.id)
      left join lateral (
        select a.valid_from, a.valid_to
          from pricing_pricelistbuyer a
         where a.price_list_id = l.id and a.buyer = buyer_is
           and a.valid_from <= d.today and (a.valid_to is null or a.valid_to >= d.today)
      ) b on true
      left join lateral pricing_best(array[s.tab], wanted, how_many, d.today) best on true
      left join lateral (
        select case when s.factor is null then best.amount
                    else pricing_rounded(best.amount * s.factor, s.round_to, s.rounding)
               end as price
      ) one on true
      left join lateral (
        select array_agg(p.min_quantity order by p.min_quantity) as froms,
               array_agg(case when s.factor is null then p.amount
                              else pricing_rounded(p.amount * s.factor, s.round_to, s.rounding)
                         end order by p.min_quantity) as prices
          from pricing_listprice p
         where p.price_list_id = s.tab and p.sku_id = wanted
           and p.valid_from <= d.today and (p.valid_to is null or p.valid_to >= d.today)
      ) tiers on true
     order by s.place
$$;

-- The promotions that are for a buyer and a SKU and not over at a moment, those to come too, in the
-- order in which they are applied; `is_used_up` when their budget is spent.
create or replace function pricing_why_promotions(
    buyer_is uuid, seller_is uuid, wanted uuid, moment timestamptz)
returns table (
    id uuid, code text, name text, name_zh text, effect text, percent numeric, amount bigint,
    min_quantity bigint, min_order bigint, combinable boolean, starts_at timestamptz,
    ends_at timestamptz, is_used_up boolean)
language sql stable security definer set search_path = public, pg_temp
set enable_seqscan = off
as $$
    select m.id, m.code, m.name, m.name_zh, m.effect, m.percent, m.amount, m.min_quantity,
           m.min_order, m.combinable, m.starts_at, m.ends_at,
           m.budget is not null and m.spent >= m.budget
      from pricing_sources(array[buyer_is], array[seller_is], moment) x
      join pricing_promotion m on m.seller = seller_is and m.ends_at > moment
           and (m.stopped_at is null or m.stopped_at > moment)
     where (m.all_buyers or exists (
            select from pricing_promotionbuyer b
             where b.promotion_id = m.id and b.buyer = buyer_is))
       and (m.all_goods or exists (
            select from pricing_promotiongoods g
             where g.promotion_id = m.id
               and (g.sku_id = wanted
                    or g.family_id = (select k.family_id from goods_sku k where k.id = wanted))))
     order by m.priority, m.code
$$;
