-- Refuses journals whose lines name no account, do not sum to zero per balance group and unit, or
-- touch nothing of the organisations the caller acts for.
create or replace function posting_judge(
    keys text[], line_journals int[], line_accounts bigint[], line_amounts bigint[])
returns void language plpgsql as $$
declare
    mine uuid[] := heliu_orgs();
    unknown bigint; unbalanced int; foreigner int;
begin
    with line as materialized (
        select l.j, l.account, l.amount, k.id, k.balance_group, k.unit,
               coalesce(k.org = any (mine) or k.other = any (mine), false) as own
          from unnest(line_journals, line_accounts, line_amounts) l(j, account, amount)
          left join posting_account k on k.id = l.account)
    select (select min(account) from line where id is null),
           least((select min(j) from (select j from line group by j, balance_group, unit
                                      having sum(amount) <> 0 or bool_or(amount = 0)) x),
                 (select min(j) from generate_series(1, cardinality(keys)) j
                   where j not in (select line.j from line))),
           (select min(j) from (select j from line group by j having not bool_or(own)) y)
      into unknown, unbalanced, foreigner;
    if unknown is not null then
        perform posting_refuse('HL404', jsonb_build_object('key', unknown::text));
    end if;
    if unbalanced is not null then
        perform posting_refuse('HL400', jsonb_build_object('key', keys[unbalanced]));
    end if;
    if foreigner is not null and posting_bound() then
        perform posting_refuse('HL403', jsonb_build_object('key', keys[foreigner]));
    end if;
end $$;
