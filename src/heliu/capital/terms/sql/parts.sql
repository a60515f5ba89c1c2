-- Instalments: each with a day and a share of its own, the days rising, the shares a whole.
create function terms_parts_sound(days smallint[], shares smallint[]) returns boolean
language sql immutable as $$
    select cardinality(days) = cardinality(shares)
       and (cardinality(shares) = 0
            or cardinality(shares) between 2 and 12
               and (select sum(s) = 100 and min(s) > 0 from unnest(shares) s)
               and days = (select array_agg(d order by d)
                             from (select distinct d from unnest(days) d) each_once))
$$;
alter table terms_terms add constraint terms_parts_sound
    check (terms_parts_sound(part_days, part_shares));
