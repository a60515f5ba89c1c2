-- All codes of a seller as they are written, for "did you mean"; to whoever may order from it.
create function catalogue_codes(asking uuid[], one_seller uuid) returns setof text
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    select s.code::text
      from catalogue_entry e
      join goods_sku s on s.id = e.sku_id
     where e.seller = one_seller
       and one_seller in (select seller from catalogue_sellers(asking))
     order by s.code
$$;
