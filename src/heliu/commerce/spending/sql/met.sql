-- The one home of what a house's own rules say about an order (of its budgets:
-- `budgets_met.sql`). Both run as the owner, as
-- `spending_above` does. What is set for a person holds for its orders; what is set for a seller,
-- for those that its people place in the house's name (`behalf_hands`).

-- The rules of purchase that an order meets: of those narrowed alike the highest amount that is
-- reached, its own house's before those of the houses above.
create or replace function spending_rules_met(
    buyer uuid, who uuid, centre uuid, total bigint, skus uuid[])
returns table (id uuid, from_amount bigint, levels jsonb, holds_goods boolean)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select distinct on (r.org, r.cost_centre_id, r.family, r.person)
           r.id, r.from_amount, r.levels, r.holds_goods
      from spending_above(buyer) a
      join spending_purchaserule r on r.org = a.id
     where r.is_active and r.from_amount <= total
       and (r.person is null or r.person = any (behalf_hands(buyer, who)))
       and (r.cost_centre_id is null or r.cost_centre_id = centre)
       and (r.family = '' or exists (
           select from goods_sku s where s.id = any (skus) and s.family_id = r.family))
     order by r.org, r.cost_centre_id, r.family, r.person, r.from_amount desc
$$;

-- The cost centre of an order that names none: that of whoever orders.
create or replace function spending_centre(order_no uuid, buyer uuid, who uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select coalesce(
        (select cost_centre_id from spending_ordercentre c where c.order_id = order_no),
        (select s.cost_centre_id from spending_spender s join spending_costcentre c
             on c.id = s.cost_centre_id and c.is_active
          where s.org = buyer and s.person = any (behalf_hands(buyer, who))
          order by s.person = who desc limit 1))
$$;
