-- An order is reckoned anew: what it earned as a whole goes, and budgets have again what was not given
-- back before. Takes its promotions and those of `also` in the order of their ids. Runs as the owner.
create or replace function pricing_clear_rewards(one_order uuid, also uuid[])
returns void language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
begin
    perform from pricing_promotion m
      where m.id = any (also)
         or m.id in (select d.promotion_id from pricing_discount d where d.order_id = one_order)
      order by m.id for update;
    with gone as (
        delete from pricing_discount d
         where d.order_id = one_order and d.kind <> 'PIECE'
           and (d.buyer = any (heliu_orgs()) or d.seller = any (heliu_orgs())
                or not posting_bound())
        returning d.promotion_id, d.amount - d.amount * d.back / d.quantity as amount),
    sums as (select x.promotion_id, sum(x.amount)::bigint as amount from gone x group by 1)
    update pricing_promotion m set spent = greatest(m.spent - s.amount, 0)
      from sums s where m.id = s.promotion_id and m.budget is not null;
end $$;
