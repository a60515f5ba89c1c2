-- Which of a seller's SKUs each code is: its code or its barcode, exactly, in any case, where the
-- asking may see it. The codes come folded; a code beats a barcode.
create function catalogue_lookup(asking uuid[], one_seller uuid, codes text[])
returns table (asked text, sku uuid)
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    select distinct on (c.asked) c.asked, hit.sku_id
      from (select catalogue_heard(asking) as heard,
                   catalogue_circles(catalogue_heard(asking)) as theirs offset 0) as h
     cross join unnest(codes) as c (asked)
     cross join lateral (
        select e.sku_id, e.circles, 0 as place from catalogue_entry e
         where e.seller = one_seller and e.code = c.asked
        union all
        select e.sku_id, e.circles, 1 from catalogue_entry e
         where e.seller = one_seller and e.barcode = c.asked and c.asked <> ''
     ) as hit
     where one_seller in (select seller from catalogue_sellers(asking))
       and catalogue_is_for(hit.circles, one_seller, h.heard, h.theirs, asking is null)
     order by c.asked, hit.place, hit.sku_id
$$;

-- All codes of a seller as they are written that the asking may see, for "did you mean".
create function catalogue_all_codes(asking uuid[], one_seller uuid) returns setof text
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    select s.code::text
      from (select catalogue_heard(asking) as heard,
                   catalogue_circles(catalogue_heard(asking)) as theirs offset 0) as h
     cross join catalogue_entry e
      join goods_sku s on s.id = e.sku_id
     where e.seller = one_seller
       and one_seller in (select seller from catalogue_sellers(asking))
       and catalogue_is_for(e.circles, e.seller, h.heard, h.theirs, asking is null)
     order by s.code
$$;
