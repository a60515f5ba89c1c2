-- The condition on the search table that filters make, as SQL text. A filter is `key=value` or, of
-- numbers, `key:from..to` with either end open; of one key any must hold, of all keys each.
create function catalogue_filters(wanted text[]) returns text
language sql stable
set search_path = public, pg_temp
as $$
    select coalesce(string_agg('(' || ways || ')', ' and '), 'true')
      from (
        select string_agg(
                 case when f ~ '^[a-z._0-9]+:-?[0-9.]*\.\.-?[0-9.]*$' then format(
                     'exists (select from catalogue_value v'
                     ' join catalogue_attribute a on a.id = v.attribute_id'
                     ' where v.sku_id = e.sku_id and a.code = %L'
                     ' and v.number between %L::numeric and %L::numeric)',
                     split_part(split_part(f, ':', 1), '.', 2),
                     coalesce(nullif(split_part(split_part(f, ':', 2), '..', 1), ''), '-Infinity'),
                     coalesce(nullif(split_part(split_part(f, ':', 2), '..', 2), ''), 'Infinity'))
                 else format('e.facets @> array[%L]', f) end, ' or ') as ways
          from unnest(wanted) as f
         group by substring(f from '^[^=:]*')
      ) as keys
$$;
