-- The condition on the search table that a question makes, as SQL text: `enough` of its terms must
-- be met, each in any of its ways. All patterns come quoted.
create function catalogue_where(terms jsonb, enough int) returns text
language plpgsql stable
set search_path = public, pg_temp
as $function$
declare
    met text[];
begin
    select array_agg(
             (select string_agg(
                (select string_agg(format('e.text like %L', pattern), ' and ')
                   from jsonb_array_elements_text(way) as pattern), ' or ')
                from jsonb_array_elements(term -> 'any') as way) order by n)
      into met
      from jsonb_array_elements(terms) with ordinality as t (term, n);
    if met is null then
        return 'true';
    elsif enough >= array_length(met, 1) then
        return '(' || array_to_string(met, ') and (') || ')';
    end if;
    return format('(%s) and (%s) >= %s',
        array_to_string(met, ' or '),
        (select string_agg(format('(%s)::int', m), ' + ') from unnest(met) as m), enough);
end
$function$;

-- How well an entry meets a question, as SQL text of a whole number; less is better. For each term
-- the place of the best way that holds, in the title before elsewhere; a term that is not met costs
-- more than any that is.
create function catalogue_weight(terms jsonb) returns text
language sql stable
set search_path = public, pg_temp
as $$
    select coalesce(string_agg(
        (select format('(case %s else 60 end)', string_agg(
             format('when %s then %s when %s then %s',
                 (select string_agg(format('e.title like %L', p), ' and ')
                    from jsonb_array_elements_text(way) as p), place * 2 - 2,
                 (select string_agg(format('e.text like %L', p), ' and ')
                    from jsonb_array_elements_text(way) as p), place * 2 + 3), ' ' order by place))
           from jsonb_array_elements(term -> 'best') with ordinality as b (way, place)), ' + '), '0')
      from jsonb_array_elements(terms) as term
$$;
