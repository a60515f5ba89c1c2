-- Whether a restricted article is for a buyer: it is in a circle with it. The rule of who sees what;
-- the search table keeps the circles of each article beside its words.
create function catalogue_admits(one_buyer uuid, one_sku uuid) returns boolean
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    select exists (
        select from catalogue_circlegoods g
          join catalogue_circlemember m on m.circle_id = g.circle_id
         where g.sku_id = one_sku and m.buyer = one_buyer)
$$;
