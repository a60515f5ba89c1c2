-- Where goods go that a house orders, as an order keeps it: the live address that was named, else
-- the default one; no row where there is none. The one place that says which.
create or replace function addresses_for(owner uuid, wanted uuid)
returns table (id uuid, told jsonb) language sql stable as $$
    select f.id,
           jsonb_build_object('name', f.name, 'receiver', f.receiver, 'phone', f.phone,
                              'country', f.country, 'region', f.region, 'street', f.street,
                              'postcode', f.postcode, 'hours', f.hours)
      from (select a.* from addresses_address a
             where wanted is null and a.org = owner and a.is_default
             union all
            select a.* from addresses_address a
             where a.id = wanted and a.org = owner and a.ended_at is null) f
$$;
