-- The budgets an order counts on, with the account of the day's period; null where that is not open,
-- which stops an order unless the budget only warns. Runs as the owner, as `spending_above` does.
create or replace function spending_budgets_met(buyer uuid, who uuid, centre uuid, on_day date)
returns table (budget uuid, org uuid, period bigint, account bigint)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select b.id, b.org, p.id, p.account
      from spending_above(buyer) a
      join spending_budget b on b.org = a.id and b.is_active
      left join spending_budgetperiod p
             on p.budget_id = b.id and on_day between p.starts and p.ends and p.closed_at is null
     where (b.cost_centre_id is null or b.cost_centre_id = centre)
       and (b.person is null or b.person = any (behalf_hands(buyer, who)))
       and (p.id is not null or not b.only_warns)
$$;

-- The budgets that warn and that an order of this worth would pass: of which house, so much stands
-- for the period, so much of it is taken already. For the buyer
-- itself; an order that names no cost centre is for that of whoever orders.
-- Stands for code from before `spending_budgets_warned`, and goes in a later version.
create or replace function spending_warned(
    buyer uuid, who uuid, centre uuid, total bigint, on_day date)
returns table (org uuid, cost_centre text, is_own boolean, amount bigint, taken bigint)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select b.org, coalesce(c.code || ' ' || c.name, ''), b.person is not null,
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
