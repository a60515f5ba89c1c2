-- The SKUs an organisation may order or sells itself that answer a question and filters, the best
-- first: an exact code or barcode, then codes that begin so, then by how well and how closely words
-- are met, then by code. Runs as the owner, so it answers only for organisations the door is open
-- for; the worker may ask for all (null). `typed` is the folded text the question came from.
create function catalogue_seek(
    asking uuid[], terms jsonb, enough int, typed text, one_seller uuid, wanted text[],
    after_sku uuid, how_many int
)
returns table (sku uuid)
language plpgsql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
as $function$
declare
    mine uuid[] := array(
        select s.seller from catalogue_sellers(asking) s
         where one_seller is null or s.seller = one_seller);
    heard uuid[] := catalogue_heard(asking);
    theirs uuid[] := catalogue_circles(heard);
    weight text := case when terms = '[]' then '0::int' else format(
        '(catalogue_rank(e.code, e.barcode, %L) * 1000000 + (%s) * 1000'
        ' + least(length(e.title) / 50, 999))', typed, catalogue_weight(terms)) end;
    last_weight int;
    last_code text;
begin
    if after_sku is not null then
        execute format('select %s, e.code from catalogue_entry e where e.sku_id = $1', weight)
           into last_weight, last_code using after_sku;
    end if;
    -- Planned with the values at hand: the trigram index for a rare word, the codes' for none.
    return query execute format($query$
        select e.sku_id
          from catalogue_entry e
         where e.seller = any ($1)
           and catalogue_is_for(e.circles, e.seller, $7, $2, $8)
           and (%1$s) and (%2$s)
           and ($3 is null or (%3$s, e.code, e.sku_id) > ($3, $4, $5))
         order by %3$s, e.code, e.sku_id
         limit $6
    $query$, catalogue_where(terms, enough), catalogue_filters(wanted), weight)
    using mine, theirs, last_weight, last_code, after_sku, how_many, heard, asking is null;
end
$function$;
