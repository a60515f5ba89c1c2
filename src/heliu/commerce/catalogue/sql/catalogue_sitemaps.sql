-- Behind which address each sitemap begins, in the order of `shop_addresses`: the first behind none.
create or replace function shop_sitemaps(how_many int)
returns table (seller text, code text)
language sql stable security definer
set search_path = public, pg_temp
as $$
    select '', ''
    union all
    select a.seller, a.kind || '/' || a.code
      from (select x.*, row_number() over (order by x.seller, x.kind || '/' || x.code) as place,
                   count(*) over () as all_of_them
              from shop_addresses('', '', 2147483647) x) a
     where a.place % how_many = 0 and a.place < a.all_of_them
     order by 1, 2
$$;
