-- Put SKUs into the search table with their words, or take them out when they are not active.
-- Codes come folded. Only the seller of the goods or the worker may.
create function catalogue_index(skus uuid[], codes text[], texts text[]) returns void
language sql volatile security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $$
    with given as (
        select s.id, s.seller, s.family_id, g.code, s.barcode,
               g.text, s.is_active
          from unnest(skus, codes, texts) as g (sku, code, text)
          join goods_sku s on s.id = g.sku
         where session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
            or s.seller = any (heliu_orgs())
    ),
    gone as (
        delete from catalogue_entry e using given g where e.sku_id = g.id and not g.is_active
    )
    insert into catalogue_entry (sku_id, seller, family, code, barcode, text)
    select id, seller, family_id, code, barcode, text from given where is_active
    on conflict (sku_id) do update
       set seller = excluded.seller, family = excluded.family, code = excluded.code,
           barcode = excluded.barcode, text = excluded.text
$$;
