-- What an owner can still promise of a SKU at a warehouse, and the account where a reservation is
-- held. Where back-orders are taken the account's floor lies below nothing: so much more than lies
-- there can be promised. Runs as whoever asks and is written into the asking statement.
create or replace function stock_promise(
    wanted uuid, whose uuid, place uuid, moment timestamptz)
returns table (quantity bigint, account bigint)
language sql stable as $$
    select a.posted - a.held_out - a.floor + coalesce(
               (select sum(h.posted - h.amount)::bigint from posting_hold h
                 where h.account_id = a.id and h.status = 'OPEN' and h.expires_at <= moment), 0),
           a.id
      from stock_promised p
      join posting_account a on a.id = p.account
     where p.owner = whose and p.warehouse = place and p.sku_id = wanted
$$;

-- What an owner can still promise at a warehouse. Runs as the owner of the database so that a
-- buyer learns the quantity without seeing rows; answers only to those who know the owner. `account`
-- is where a reservation is held.
create or replace function stock_available(
    skus uuid[], whose uuid, place uuid, moment timestamptz)
returns table (sku uuid, quantity bigint, account bigint)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
    select s.sku, p.quantity, p.account
      from (select distinct unnest(skus)) s (sku)
     cross join lateral stock_promise(s.sku, whose, place, moment) p
     where (session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
            or whose = any ((select heliu_orgs())::uuid[])
            or place = any ((select heliu_orgs())::uuid[])
            -- One by one and the first will do: thousands may know whom everybody buys from.
            or exists (select from unnest((select heliu_orgs())::uuid[]) mine (org),
                         lateral (select from parties_acquaintance k
                                   where k.org = mine.org and k.knows = whose offset 0) known))
$$;
