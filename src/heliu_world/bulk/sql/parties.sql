-- The dealers, whom they buy from and who knows of whom.
insert into parties_organization (id, code, name, name_zh, short_name, short_name_zh, city, city_zh,
       address, tax_number, external_id, is_active)
select id, code, name, name_zh, short_name, short_name_zh, city, city_zh, '', '', '', true
  from bulk_buyer order by n;
insert into parties_partyrole (organization_id, role)
select id, 'DEALER' from bulk_buyer order by n;
insert into parties_tradingrelationship (id, buyer, seller, status, since)
select uuidv7(), b.id, h.seller, 'ACTIVE', h.begins::date from bulk_buyer b, bulk_house h order by n;
insert into parties_acquaintance (org, knows)
select k.* from bulk_buyer b, bulk_house h,
       lateral (values (h.seller), (h.bank), (h.warehouse)) house(id),
       lateral (values (b.id, house.id), (house.id, b.id)) k(org, knows)
 order by b.n;
