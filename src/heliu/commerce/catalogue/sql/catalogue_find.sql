-- The SKUs an organisation may order or sells itself, by what was typed, in the catalogue's order:
-- an exact code or barcode first, then codes that begin so, then the rest, each by code. Runs as the
-- owner, so it answers only for organisations the door is open for; the worker may ask for all
-- (null). `patterns` must all match, `typed` is the folded text they came from.
create function catalogue_find(
    asking uuid[], patterns text[], typed text, one_seller uuid, one_family text,
    after_sku uuid, how_many int
)
returns table (sku uuid)
language plpgsql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $function$
declare
    sellers uuid[] := array(
        select s.seller from catalogue_sellers(asking) s
         where one_seller is null or s.seller = one_seller);
    last_code text;
    last_rank int;
begin
    select e.code, catalogue_rank(e.code, e.barcode, typed) into last_code, last_rank
      from catalogue_entry e where e.sku_id = after_sku and e.seller = any (sellers);
    -- Planned with the values at hand: the trigram index for a rare word, the codes' for none.
    return query execute $query$
        select e.sku_id
          from catalogue_entry e
         where e.seller = any ($1)
           and ($2 = '' or e.family = $2)
           and e.text like $3[1] and e.text like all ($3)
           and ($5 is null
                or (catalogue_rank(e.code, e.barcode, $4), e.code, e.sku_id) > ($5, $6, $7))
         order by catalogue_rank(e.code, e.barcode, $4), e.code, e.sku_id
         limit $8
    $query$
    using sellers, one_family, case when patterns = '{}' then '{%}' else patterns end, typed,
          last_rank, last_code, after_sku, how_many;
end
$function$;
