-- A word and all it becomes when one of its signs is left out.
create function catalogue_slips(word text) returns text[]
language sql immutable parallel safe as $$
    select array_agg(distinct s) from (
        select word as s
        union all
        select overlay(word placing '' from n for 1) from generate_series(1, length(word)) as n
    ) as found
$$;
