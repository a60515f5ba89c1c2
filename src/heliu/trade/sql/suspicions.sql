-- What speaks against financing an order, seen over all lenders and houses: the same invoice or file
-- laid for another deal that is financed, goods sold in a circle, buyer and seller bound to each
-- other. Runs as the owner and tells of others only that they are there; `key` names a suspicion for
-- ever. `price` in minor units; orders since `since` count. One statement, few rows, all by index:
-- an order that nothing speaks against gets none.
create or replace function trade_suspicions(
    of_deal uuid, buying uuid, selling uuid, price bigint, since timestamptz)
returns table (code text, key text, found jsonb)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
with recursive
-- From the seller along its own purchases, at most three orders far: who sold to it, and to them.
-- `worth` is the least that any link carried.
back (org, links, worth, passed) as (
    select o.seller, 1, sum(o.total), array[selling, o.seller] from ordering_order o
     where o.buyer = selling and o.placed_at >= since and o.status <> 'CANCELLED'
       and o.currency = 'CNY'
     group by o.seller
    union all
    select o.seller, b.links + 1, least(b.worth, o.total), b.passed || o.seller
      from back b cross join lateral (
           select n.seller, sum(n.total) as total from ordering_order n
            where n.buyer = b.org and n.placed_at >= since and n.status <> 'CANCELLED'
              and n.currency = 'CNY'
            group by n.seller) o
     where b.links < 3 and b.org <> buying and o.seller <> all (b.passed)),
mine as (select i.id, i.issuer, i.number, i.digest from trade_invoice i where i.deal_id = of_deal),
house as (
    select o.id, o.parent_id, o.tax_number,
           lower(regexp_replace(o.address, '[\s.,;()，。；（）-]', '', 'g')) as address
      from parties_organization o where o.id in (buying, selling)),
pair as (
    select b.parent_id = selling or s.parent_id = buying or b.parent_id = s.parent_id as kin,
           b.tax_number <> '' and b.tax_number = s.tax_number as one_number,
           b.address <> '' and b.address = s.address as one_address
      from house b, house s where b.id = buying and s.id = selling)
select 'DUPLICATE_INVOICE', m.id::text, jsonb_build_object('number', m.number)
  from mine m
 where exists (select from trade_invoice i join trade_deal d on d.id = i.deal_id
                 join lending_loan l on l.id = d.loan_id
                where i.issuer = m.issuer and i.number = m.number and i.deal_id <> of_deal
                  and l.signed_at is not null and l.status <> 'CANCELLED')
union all
select 'DUPLICATE_FILE', m.id::text, jsonb_build_object('number', m.number)
  from mine m
 where m.digest <> ''
   and exists (select from trade_invoice i join trade_deal d on d.id = i.deal_id
                 join lending_loan l on l.id = d.loan_id
                where i.digest = m.digest and i.digest <> '' and i.deal_id <> of_deal
                  and l.signed_at is not null and l.status <> 'CANCELLED')
union all
select 'CIRCULAR_TRADE', '',
       jsonb_build_object('links', min(b.links), 'percent',
                          least(100, max(b.worth) * 100 / greatest(price, 1))::int)
  from back b where b.org = buying having count(*) > 0
union all
select 'RELATED_' || r.by, '', '{}' from pair p, lateral (
    values ('KIN', p.kin), ('NUMBER', p.one_number), ('ADDRESS', p.one_address)) r (by, is_so)
 where r.is_so
union all
select 'RELATED_PEOPLE', '', jsonb_build_object('people', count(*))
  from access_membership b join access_membership s on s.user_id = b.user_id
 where b.org = buying and s.org = selling and b.is_active and s.is_active having count(*) > 0
union all
select 'RELATED_TIE', least(b.kind, s.kind) || ':' || left(b.mark, 24),
       jsonb_build_object('of_buyer', b.kind, 'of_seller', s.kind,
                          'percent', (least(b.share, s.share) * 100)::int)
  from parties_tie b join parties_tie s on s.mark = b.mark
 where b.org = buying and s.org = selling and b.until is null and s.until is null
union all
select 'RELATED_TIE', t.kind || ':' || left(t.mark, 24),
       jsonb_build_object('of_buyer', case when t.org = buying then t.kind else '' end,
                          'of_seller', case when t.org = selling then t.kind else '' end,
                          'percent', (t.share * 100)::int)
  from parties_tie t
 where t.until is null
   and (t.org = buying and t.holder = selling or t.org = selling and t.holder = buying)
$$;
