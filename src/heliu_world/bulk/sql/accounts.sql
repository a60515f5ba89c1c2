-- The accounts of the dealers' trade with the seller, named as `books` names them. Trade credit is
-- nothing yet: it grows with what a dealer comes to owe.
create temporary table bulk_place on commit drop as
select p.*, format('book:%s:%s:%s:', p.org, p.code, p.other) as key
  from bulk_buyer b, bulk_house h,
       lateral (values (h.seller, 'receivable', b.id), (b.id, 'payable', h.seller),
                       (b.id, 'inventory_free', null), (b.id, 'bank', null)) p(org, code, other)
union all
select p.*, format('book:%s:%s:%s:', p.org, p.code, p.other)
  from bulk_house h,
       lateral (values (h.seller, 'revenue', null::uuid), (h.seller, 'cash', null)) p(org, code, other);

insert into books_account (id, org, code, other, ref)
select o.id, p.org, p.code, p.other, ''
  from (select array_agg(key) as keys, array_agg('book:' || org) as books, array_agg('CNY'::text) as units,
               array_agg(org) as orgs, array_agg(other) as others,
               array_agg(null::bigint) as floors,
               array_agg(case when code = 'receivable' then 0::bigint end) as ceilings,
               array_agg(case when code = 'receivable' then 10 else 50 end::smallint) as ranks
          from bulk_place) s,
       lateral posting_open(s.keys, s.books, s.books, s.units, s.orgs, s.others, s.floors,
                            s.ceilings, s.ranks) o
  join bulk_place p on p.key = o.key
    on conflict do nothing;

update bulk_house set
       revenue = (select id from books_account where org = seller and code = 'revenue'),
       cash = (select id from books_account where org = seller and code = 'cash' and other is null);
insert into bulk_account
select b.id, max(a.id) filter (where a.code = 'receivable'),
       max(a.id) filter (where a.code = 'payable'),
       max(a.id) filter (where a.code = 'inventory_free'), max(a.id) filter (where a.code = 'bank')
  from bulk_buyer b cross join bulk_house h
  join books_account a on a.org = b.id or (a.org = h.seller and a.other = b.id)
 group by b.id;
