-- What sellers say to their customers of each tier, of service and in welcome, and nothing else of
-- what they offer: how its orders are confirmed is the seller's to know. Runs as the owner; answers
-- those who trade with them.
create or replace function trade_tier_words(sellers uuid[])
returns table (seller uuid, tier text, service text, welcome text)
language sql stable security definer set search_path = public, pg_temp as $$
    select t.seller, t.tier::text, t.service::text, t.welcome::text
      from trade_tieroffer t
     where t.seller = any (sellers)
       and (t.seller = any (heliu_orgs())
            or exists (select from parties_tradingrelationship r
                        where r.seller = t.seller and r.buyer = any (heliu_orgs())))
$$;
