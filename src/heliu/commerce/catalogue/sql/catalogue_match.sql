-- Which of a seller's SKUs each code is: its code or its barcode, exactly, in any case. The codes
-- come folded; a code beats a barcode.
create function catalogue_match(asking uuid[], one_seller uuid, codes text[])
returns table (asked text, sku uuid)
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    select distinct on (c.asked) c.asked, hit.sku_id
      from unnest(codes) as c (asked)
     cross join lateral (
        select e.sku_id, 0 as place from catalogue_entry e
         where e.seller = one_seller and e.code = c.asked
        union all
        select e.sku_id, 1 from catalogue_entry e
         where e.seller = one_seller and e.barcode = c.asked and c.asked <> ''
     ) as hit
     where one_seller in (select seller from catalogue_sellers(asking))
     order by c.asked, hit.place, hit.sku_id
$$;
