-- Whether the asking house buys of this seller only what lies there: told to itself, for what it may
-- order. The seller, and whoever acts for it, reads all.
create or replace function parties_must_not_wait(of_seller uuid) returns boolean
language sql stable as $$
    select exists (
               select from parties_tradingrelationship r
                where not r.may_wait and r.seller = of_seller
                  and r.buyer = any ((select heliu_orgs())::uuid[]))
           and not of_seller = any ((select heliu_orgs())::uuid[])
$$;
