-- Says which of the accounts lacks room, the first by (lock_rank, id), and how much.
create or replace function posting_short(
    accounts bigint[], amounts bigint[], outs bigint[], ins bigint[])
returns void language plpgsql as $$
declare
    account bigint; name text; missing bigint;
begin
    select k.id, k.key,
           greatest(k.floor - (k.posted + c.m - k.held_out - c.o),
                    k.posted + c.m + k.held_in + c.i - k.ceiling)
      into account, name, missing
      from unnest(accounts, amounts, outs, ins) c(a, m, o, i)
      join posting_account k on k.id = c.a
     order by k.lock_rank, k.id limit 1;
    perform posting_refuse('HL409', jsonb_build_object(
        'account', account, 'key', name, 'short', missing));
end $$;
