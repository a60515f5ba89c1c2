-- By what the goods that answer a question can be filtered further, and how many each filter leaves;
-- the row without a key counts them all. A key that is filtered by already is counted as if it were
-- not, so that its other values can be added. Seen as in `catalogue_seek`.
create function catalogue_facets(
    asking uuid[], terms jsonb, enough int, one_seller uuid, wanted text[]
)
returns table (key text, value text, skus bigint)
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
    chosen text[] := array(select distinct substring(f from '^[^=:]*') from unnest(wanted) as f);
    base text := format($query$
        from catalogue_entry e
       where e.seller = any ($1)
         and catalogue_is_for(e.circles, e.seller, $3, $2, $4) and (%s)
    $query$, catalogue_where(terms, enough));
    one text;
begin
    return query execute format($query$
        with hits as materialized (select e.facets %s and (%s))
        select '', '', count(*) from hits
        union all
        select split_part(f, '=', 1), substring(f from '=(.*)$'), count(*)
          from hits, unnest(facets) as f
         where split_part(f, '=', 1) <> all ($5)
         group by f
    $query$, base, catalogue_filters(wanted))
    using mine, theirs, heard, asking is null, chosen;
    foreach one in array chosen loop
        return query execute format($query$
            select split_part(f, '=', 1), substring(f from '=(.*)$'), count(*)
              from (select e.facets %s and (%s)) as hits, unnest(facets) as f
             where starts_with(f, %L)
             group by f
        $query$, base,
            catalogue_filters(array(
                select f from unnest(wanted) as f where substring(f from '^[^=:]*') <> one)),
            one || '=')
        using mine, theirs, heard, asking is null;
    end loop;
end
$function$;
