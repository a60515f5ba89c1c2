-- Says no: an error of class HL with the words as JSON in its detail.
create or replace function posting_refuse(state text, words jsonb) returns void
language plpgsql as $$
begin
    raise exception using errcode = state, message = 'refused', detail = words::text;
end $$;
