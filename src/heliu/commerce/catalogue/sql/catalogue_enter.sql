-- Put SKUs into the search table with their words, or take them out when they are not active. Codes
-- come folded; facets as one text each, between line ends. Only the seller of the goods or the
-- worker may.
create function catalogue_enter(
    skus uuid[], codes text[], titles text[], texts text[], facets text[]
) returns void
language sql volatile security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    with given as (
        select s.id, s.seller, s.family_id, g.code, s.barcode, g.title, g.text, g.facets,
               s.is_active,
               case when s.is_restricted then array(
                   select c.circle_id from catalogue_circlegoods c where c.sku_id = s.id)
               end as circles
          from unnest(skus, codes, titles, texts, facets) as g (sku, code, title, text, facets)
          join goods_sku s on s.id = g.sku
         where session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
            or s.seller = any (heliu_orgs())
    ),
    gone as (
        delete from catalogue_entry e using given g where e.sku_id = g.id and not g.is_active
    ),
    -- In one order, so that two who enter the same words do not wait for each other.
    learnt as (
        insert into catalogue_word (word, slips)
        select distinct w, catalogue_slips(w)
          from given g, unnest(string_to_array(btrim(g.text), ' ')) as w
         where g.is_active and w ~ '^[a-z0-9]{4,60}$'
           and not exists (select from catalogue_word known where known.word = w)
         order by w
        on conflict do nothing
    )
    insert into catalogue_entry
           (sku_id, seller, family, code, barcode, title, text, facets, circles)
    select id, seller, family_id, code, barcode, title, text,
           string_to_array(facets, chr(10)), circles
      from given where is_active
    on conflict (sku_id) do update
       set seller = excluded.seller, family = excluded.family, code = excluded.code,
           barcode = excluded.barcode, title = excluded.title, text = excluded.text,
           facets = excluded.facets, circles = excluded.circles
$$;
