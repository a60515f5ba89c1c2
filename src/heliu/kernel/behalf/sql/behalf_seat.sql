-- The seat of a seller's people at a customer that has given a mandate and still trades with them:
-- the mandate, whose name they act in, and what the customer's standing lets its people do. Runs as
-- the owner, because it is asked before it is known for whom a request acts; answers only for the
-- sellers it is given. `wanted` is the customer's id or code.
create or replace function behalf_seat(sellers uuid[], wanted text)
returns table (mandate uuid, buyer uuid, seller uuid, roles text[], seller_short text,
               may_order boolean)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select m.id, m.buyer, m.seller,
           array(select r.role::text from parties_partyrole r
                  where r.organization_id = m.buyer and r.role in ('BUYER', 'DEALER')),
           coalesce(nullif(s.short_name_zh, ''), nullif(s.short_name, ''),
                    nullif(s.name_zh, ''), s.name)::text,
           parties_may(b.status, 'order')
      from parties_organization b
      join behalf_mandate m
        on m.buyer = b.id and m.seller = any (sellers) and m.ended_at is null
      join parties_organization s on s.id = m.seller
      join parties_tradingrelationship r
        on r.buyer = m.buyer and r.seller = m.seller and r.status = 'ACTIVE'
     where (b.code = wanted or b.id::text = wanted) and b.is_active
$$;
