-- The gate that every order passes when it is written, whichever door it came by (`trade_place`):
-- what it takes of its house's budgets, to be held with its credit and goods, or why it may not be
-- placed (`refused`: 'centre', 'budget', 'approval'; `detail` is the order). An order of a house
-- that has said nothing about spending, nor has one above it, costs two look-ups.
create or replace function spending_gate(
    ids uuid[], buyers uuid[], users uuid[], totals bigint[], line_orders int[], order_skus uuid[],
    now_at timestamptz,
    out refused text, out detail text, out owners uuid[],
    out holds uuid[], out accounts bigint[], out amounts bigint[], out subjects uuid[])
language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    on_day date := (now_at at time zone 'Asia/Shanghai')::date;
    centres uuid[];
begin
    holds := '{}'; accounts := '{}'; amounts := '{}'; subjects := '{}'; owners := '{}';
    if not exists (select from spending_house h where h.org = any (buyers))
       and not exists (select from parties_organization o
                        where o.id = any (buyers) and o.parent_id is not null) then
        return;
    end if;

    centres := array(
        select spending_centre(o.id, o.buyer, o.who)
          from unnest(ids, buyers, users) with ordinality o (id, buyer, who, n) order by o.n);
    select o.id::text into detail
      from unnest(ids, buyers, centres) o (id, buyer, centre)
     where o.centre is null and exists (
           select from spending_above(o.buyer) a join spending_house h on h.org = a.id
            where h.needs_centre) limit 1;
    if detail is not null then
        refused := 'centre';
        return;
    end if;

    -- An agreement is about the total that was asked for; what costs more is asked anew.
    select o.id::text into detail
      from unnest(ids, buyers, users, totals, centres) with ordinality
           o (id, buyer, who, total, centre, n)
     where exists (
           select from spending_rules_met(o.buyer, o.who, o.centre, o.total, array(
               select l.sku from unnest(line_orders, order_skus) l (o, sku) where l.o = o.n)))
       and not exists (
           select from approvals_approval a
            where a.subject = o.id and a.act = 'purchase' and a.status = 'APPROVED'
              and a.amount >= o.total and a.org = o.buyer) limit 1;
    if detail is not null then
        refused := 'approval';
        return;
    end if;

    with taken as materialized (
        select gen_random_uuid() as hold, o.id, o.buyer, o.total, b.org, b.period, b.account
          from unnest(ids, buyers, users, totals, centres) o (id, buyer, who, total, centre),
               lateral spending_budgets_met(o.buyer, o.who, o.centre, on_day) b
         where o.total > 0),
    written as (
        insert into spending_charge (
               id, order_id, org, buyer, period_id, amount, back, status, at)
        select hold, id, org, buyer, period, total, 0, 'HELD', now_at
          from taken where period is not null)
    select (array_agg(id::text) filter (where period is null))[1],
           coalesce(array_agg(hold), '{}'), coalesce(array_agg(account), '{}'),
           coalesce(array_agg(total), '{}'), coalesce(array_agg(id), '{}'),
           coalesce(array_agg(distinct org), '{}')
      into detail, holds, accounts, amounts, subjects, owners from taken;
    if detail is not null then
        refused := 'budget';
        return;
    end if;

    insert into spending_ordercentre (order_id, org, cost_centre_id)
    select o.id, o.buyer, o.centre from unnest(ids, buyers, centres) o (id, buyer, centre)
     where o.centre is not null on conflict do nothing;
end $$;
