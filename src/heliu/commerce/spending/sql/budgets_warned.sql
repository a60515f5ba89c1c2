-- The budgets that warn and that an order of this worth would pass: of which house, for which cost
-- centre (its code and its name in either language; null where it is for none), so much stands for
-- the period, so much of it is taken already. For the buyer itself; an order that names no cost
-- centre is for that of whoever orders.
create or replace function spending_budgets_warned(
    buyer uuid, who uuid, centre uuid, total bigint, on_day date)
returns table (
    org uuid, code text, name text, name_zh text, is_own boolean, amount bigint, taken bigint)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select b.org, c.code::text, c.name::text, c.name_zh::text, b.person is not null,
           b.amount + p.carried, a.posted + a.held_in
      from spending_budgets_met(
               buyer, who, coalesce(centre, spending_centre(null, buyer, who)), on_day) m
      join spending_budget b on b.id = m.budget and b.only_warns
      join spending_budgetperiod p on p.id = m.period
      join posting_account a on a.id = m.account
      left join spending_costcentre c on c.id = b.cost_centre_id
     where buyer = any (heliu_orgs()) and a.posted + a.held_in + total > b.amount + p.carried
     order by b.id
$$;
