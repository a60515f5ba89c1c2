-- What binds an order that is changed and did not bind it when it was placed: budgets that are
-- younger than it, or those of somebody else who changes it; with the account of the day's period,
-- null where that is not open. Runs as the owner, as `spending_above` does.
create or replace function spending_budgets_joined(
    order_no uuid, buyer uuid, users uuid[], on_day date)
returns table (org uuid, period bigint, account bigint)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select distinct m.org, m.period, m.account
      from unnest(users) u (who),
           spending_budgets_met(buyer, u.who, spending_centre(order_no, buyer, u.who), on_day) m
     where not exists (
           select from spending_charge c join spending_budgetperiod p on p.id = c.period_id
            where c.order_id = order_no and p.budget_id = m.budget and c.status <> 'FREED')
$$;

-- Whether every order of a house must be for a cost centre, by its own word or one's above it.
create or replace function spending_needs_centre(buyer uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select exists (
        select from spending_above(buyer) a join spending_house h on h.org = a.id
         where h.needs_centre)
$$;
