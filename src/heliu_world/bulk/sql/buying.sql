-- How the loaded dealers buy: price lists of their groups, lists, recurring orders, requests for
-- agreement, terms, how they joined. From `bulk_house` and `bulk_buyer`.
insert into pricing_pricelist (id, seller, code, name, name_zh, currency, priority, is_default, version,
       round_to, rounding)
select uuidv7(), h.seller, format('GROUP-%s', g), format('Group %s', g), format('分组 %s', g), 'CNY', 100,
       false, 0, 1, 'NEAREST'
  from bulk_house h, generate_series(1, 40) g;
insert into pricing_listprice (price_list_id, seller, sku_id, min_quantity, amount, valid_from)
select l.id, l.seller, p.sku, 1, greatest(1, p.price * (90 + p.nth % 10) / 100), h.begins::date
  from bulk_house h
  join pricing_pricelist l on l.seller = h.seller and l.code like 'GROUP-%'
 cross join (select sku, price, row_number() over (order by sku) as nth from bulk_price) p
 where (p.nth + split_part(l.code, '-', 2)::int) % 3 = 0;
insert into pricing_pricelistbuyer (price_list_id, seller, buyer, valid_from)
select l.id, l.seller, b.id, h.begins::date
  from bulk_house h, bulk_buyer b
  join pricing_pricelist l on l.code = format('GROUP-%s', b.n % 40 + 1)
 where l.seller = h.seller;
create temporary table bulk_goods on commit drop as
select sku, price, row_number() over (order by sku) - 1 as nth, count(*) over () as goods from bulk_price;
insert into lists_shoppinglist (id, buyer, seller, name, changed_by, changed_at)
select uuidv7(), b.id, h.seller, format('%s %s', l.name, b.n), b.owner, h.ends
  from bulk_buyer b, bulk_house h, (values ('每周补货'), ('换季备货')) l(name);
insert into lists_listline (list_id, buyer, position, sku_id, quantity)
select l.id, l.buyer, k, g.sku, 3 + k
  from lists_shoppinglist l join bulk_buyer b on b.id = l.buyer, generate_series(1, 15) k
  join bulk_goods g on true
 where g.nth = (b.n * 7 + k * 11) % g.goods;
insert into lists_recurringorder (id, list_id, buyer, seller, status, pay_by, every, unit, first_on, next_on,
       set_by, set_by_name, set_at, remark)
select uuidv7(), l.id, l.buyer, l.seller, 'ACTIVE', 'TRANSFER', 1, 'MONTH', h.ends::date,
       (h.ends + interval '60 days')::date, uuidv7(), b.owner, h.ends, ''
  from bulk_house h, lists_shoppinglist l join bulk_buyer b on b.id = l.buyer
 where b.n % 2 = 0 and l.name like '每周补货%';
insert into spending_purchaserequest (id, number, buyer, seller, pay_by, remark, external_id, total, reason,
       asked_by, asked_by_name, asked_at, kept_until, holds_goods, status, problem, ended_at)
select uuidv7(), format('PR-BULK-%s-%s', b.n, k), b.id, h.seller, 'TRANSFER', '', '', 500000, '补货', uuidv7(),
       b.owner, h.ends - k * interval '9 days', h.ends, false, 'WITHDRAWN', '', h.ends - k * interval '8 days'
  from bulk_buyer b, bulk_house h, generate_series(1, 4) k where b.n % 4 = 0;
insert into spending_requestline (request_id, buyer, position, sku_id, quantity, unit_price, struck_by_name,
       struck_reason)
select r.id, r.buyer, k, g.sku, 10, g.price, '', ''
  from spending_purchaserequest r join bulk_buyer b on b.id = r.buyer, generate_series(1, 5) k
  join bulk_goods g on true where g.nth = (b.n * 3 + k * 17) % g.goods;
insert into joining_application (id, org, join_as, name, country, number, contact, email, phone, status,
       handed_in_at, tries, next_try_at, decided_at, welcomed_at)
select uuidv7(), b.id, 'DEALER', b.name_zh, 'CN', format('BULK%s', b.n), b.owner,
       format('owner@%s.example', b.code), '', 'APPROVED', h.begins, 0, h.begins, h.begins, h.begins
  from bulk_buyer b, bulk_house h;
insert into joining_decision (id, application_id, org, act, by_name, reason, findings, at)
select uuidv7(), a.id, a.org, 'APPROVED', '', '', '[]', a.handed_in_at
  from joining_application a join bulk_buyer b on b.id = a.org;
insert into joining_invitation (id, org, email, name, made_by_name, made_at, expires_at, taken_at, taken_by)
select uuidv7(), h.seller, format('owner@%s.example', b.code), b.name_zh, '沈若宁',
       h.begins - interval '9 days', h.begins, h.begins - interval '2 days', b.id
  from bulk_buyer b, bulk_house h where b.n % 3 = 0;
-- The credit that stands on the account is what was granted.
insert into terms_terms (id, seller, buyer, rule, days, rolls, discount, discount_days, grace_days, tolerance,
       late_rate, ceiling, stop, set_by_name, set_at)
select uuidv7(), h.seller, b.id, 'NET', 30, true, 0, 0, 30, 0, 0, p.ceiling, '', '沈若宁', h.begins
  from bulk_house h, bulk_buyer b
  join bulk_account a on a.buyer = b.id
  join posting_account p on p.id = a.receivable
 where p.ceiling is not null
    on conflict do nothing
