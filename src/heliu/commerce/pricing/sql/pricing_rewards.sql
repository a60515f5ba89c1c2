-- What whole orders earn: an amount or a share off all of it, goods for free. How they are applied is
-- told by `rewards.reward` in Python, for every door; here stand their facts, and how they are kept.

-- Whether a seller has promotions of whole orders at a moment: for whoever must ask about them.
create or replace function pricing_rewards_live(sellers uuid[], moment timestamptz)
returns boolean language sql stable security definer
set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
    select exists (
        select from pricing_promotion m
         where m.seller = any (sellers) and m.ends_at > moment and m.starts_at <= moment
           and m.effect in ('ORDER', 'GOODS')
           and (m.stopped_at is null or m.stopped_at > moment))
$$;

-- The promotions of whole orders that are for these buyers and goods, in the order in which they are
-- applied, with what the lines cost by their lists (`listed`) and whether a promotion was given on them
-- that does not combine; null where there are none. `pair` is a
-- place in the lists, `room` what is left of a budget. Answers as `pricing_paid` does.
create or replace function pricing_rewards(
    buyers uuid[], sellers uuid[], line_pairs int[], skus uuid[], quantities bigint[],
    moment timestamptz)
returns jsonb language plpgsql stable security definer
set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
    rules jsonb;
begin
    if not pricing_rewards_live(sellers, moment) then
        return null;
    end if;
    select jsonb_agg(jsonb_build_object(
               'pair', p.n, 'promotion', m.id, 'code', m.code, 'name', m.name,
               'name_zh', m.name_zh, 'effect', m.effect, 'percent', m.percent::text,
               'amount', m.amount, 'min_quantity', m.min_quantity, 'min_order', m.min_order,
               'combinable', m.combinable, 'room', m.budget - m.spent, 'gift', m.gift_id,
               'gift_quantity', m.gift_quantity, 'covers', g.skus)
               order by p.n, m.priority, m.code)
      into rules
      from unnest(buyers, sellers) with ordinality p (buyer, seller, n)
      join parties_tradingrelationship r
           on r.buyer = p.buyer and r.seller = p.seller and r.status = 'ACTIVE' and r.currency = 'CNY'
      join pricing_promotion m
           on m.seller = p.seller and m.ends_at > moment and m.starts_at <= moment
          and m.effect in ('ORDER', 'GOODS')
          and (m.stopped_at is null or m.stopped_at > moment)
          and (m.budget is null or m.spent < m.budget)
          and (m.all_buyers or exists (
               select from pricing_promotionbuyer b
                where b.promotion_id = m.id and b.buyer = p.buyer))
     cross join lateral (
        select array_agg(l.sku) as skus
          from unnest(line_pairs, skus) l (pair, sku)
         where l.pair = p.n and (m.all_goods or exists (
               select from pricing_promotiongoods g
                where g.promotion_id = m.id
                  and (g.sku_id = l.sku or g.family_id =
                       (select s.family_id from goods_sku s where s.id = l.sku))))
     ) g
     where g.skus is not null
       and (session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
            or p.buyer = any ((select heliu_orgs())::uuid[])
            or p.seller = any ((select heliu_orgs())::uuid[]));
    if rules is null then
        return null;
    end if;
    return jsonb_build_object('rules', rules, 'listed', (
        select jsonb_agg(jsonb_build_array(a.pair, a.sku, a.list_price, exists (
                   select from pricing_promotion m
                    where m.id = any (a.applied) and not m.combinable)))
          from pricing_paid(buyers, sellers, line_pairs, skus, quantities, moment, true) a));
end $$;

-- Writes down what orders just written earned as a whole (`given`, see `rewards.kept`), beside what
-- was taken off each piece of their lines as they were priced (`wanted`), and counts it against
-- budgets. Runs as the owner, as `pricing_keep_discounts` does.
create or replace function pricing_keep_rewards(
    orders uuid[], buyers uuid[], sellers uuid[], earned jsonb, moment timestamptz)
returns void language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare
    lines record;
begin
    select array_agg(w.o) as orders, array_agg(w.sku) as skus,
           array_agg(w.quantity) as quantities, array_agg(w.price) as prices
      into lines
      from jsonb_to_recordset(earned -> 'wanted')
           w (o int, sku uuid, quantity bigint, price bigint);
    perform pricing_keep_discounts(orders, buyers, sellers, lines.orders, lines.skus,
                                   lines.quantities, lines.prices, moment);
    with given as (
        insert into pricing_discount (
               order_id, sku, promotion_id, place, kind, code, name, name_zh, buyer, seller,
               quantity, before, after, amount, back, at)
        select orders[g.o], g.sku, m.id, g.place, g.kind, m.code, m.name, m.name_zh,
               buyers[g.o], sellers[g.o], g.quantity, g.before, 0, g.amount, 0, moment
          from jsonb_to_recordset(earned -> 'given')
               g (o int, promotion uuid, place int, kind text, sku uuid, quantity bigint,
                  before bigint, amount bigint)
          join pricing_promotion m on m.id = g.promotion and m.seller = sellers[g.o]
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

-- Budgets get back what an order took for goods that it will not get: all of what is left where it is
-- called off (`skus` null), else of these quantities of these goods. Runs as the owner.
create or replace function pricing_give_back(one_order uuid, skus uuid[], quantities bigint[])
returns void language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
begin
    perform from pricing_promotion m
      where m.budget is not null
        and m.id in (select d.promotion_id from pricing_discount d where d.order_id = one_order)
      order by m.id for update;
    with moved as (
        update pricing_discount d
           set back = case when skus is null then d.quantity
                           else least(d.back + w.quantity, d.quantity) end
          from (select * from unnest(skus, quantities) where skus is not null
                union all select null, null where skus is null) w (sku, quantity)
         where d.order_id = one_order and (skus is null or w.sku = d.sku)
           and (d.buyer = any (heliu_orgs()) or d.seller = any (heliu_orgs())
                or not posting_bound())
        returning new.promotion_id,
               new.amount * new.back / new.quantity - old.amount * old.back / old.quantity
                   as amount),
    sums as (select x.promotion_id, sum(x.amount)::bigint as amount from moved x group by 1)
    update pricing_promotion m set spent = greatest(m.spent - s.amount, 0)
      from sums s where m.id = s.promotion_id and m.budget is not null;
end $$;

-- `pricing_why_promotions` with what promotions of whole orders give: the code of the goods (null: of
-- those that are bought) and how many.
create or replace function pricing_why_whole(
    buyer_is uuid, seller_is uuid, wanted uuid, moment timestamptz)
returns table (
    id uuid, code text, name text, name_zh text, effect text, percent numeric, amount bigint,
    min_quantity bigint, min_order bigint, combinable boolean, starts_at timestamptz,
    ends_at timestamptz, is_used_up boolean, gift text, gift_quantity bigint)
language sql stable security definer set search_path = public, pg_temp
set enable_seqscan = off
as $$
    select p.*, k.code, m.gift_quantity
      from pricing_why_promotions(buyer_is, seller_is, wanted, moment) p
      join pricing_promotion m on m.id = p.id
      left join goods_sku k on k.id = m.gift_id
     order by m.effect in ('ORDER', 'GOODS'), m.priority, m.code
$$;
