-- How well an entry answers to what was typed: 0 it is the code or barcode, 1 the code begins so.
create function catalogue_rank(code text, barcode text, typed text) returns int
language sql immutable as $$
    select case when typed = '' then 2
                when code = typed or barcode = typed then 0
                when starts_with(code, typed) then 1
                else 2 end
$$;
