-- Writes the holds whose ids are new and returns what they hold, by account. A known id with other
-- content is refused; a hold binds only an account with limits. `limited` are those, locked, with
-- whose they are.
create or replace function posting_place(
    hold_ids uuid[], hold_accounts bigint[], hold_amounts bigint[], hold_subjects uuid[],
    hold_expiries timestamptz[], limited bigint[], orgs uuid[], others uuid[], now_at timestamptz,
    out accounts bigint[], out amounts bigint[])
language plpgsql as $$
#variable_conflict use_column
declare
    mine uuid[] := heliu_orgs();
    is_bound boolean := posting_bound();
begin
    with placed as (
        insert into posting_hold (id, account_id, amount, posted, subject, expires_at, status, at,
                                  org, other)
        select g.id, g.account, g.amount, 0, g.subject, g.expires_at, 'OPEN', now_at, k.org, k.other
          from unnest(hold_ids, hold_accounts, hold_amounts, hold_subjects, hold_expiries)
               g(id, account, amount, subject, expires_at)
          join unnest(limited, orgs, others) k(id, org, other) on k.id = g.account
         where g.amount <> 0
           and (not is_bound or k.org = any (mine) or k.other = any (mine))
         order by g.id
            on conflict (id) do nothing
        returning account_id, amount)
    select array_agg(account_id), array_agg(amount) into accounts, amounts from placed;
    if coalesce(cardinality(accounts), 0) < cardinality(hold_ids) then
        perform posting_not_placed(
            hold_ids, hold_accounts, hold_amounts, hold_subjects, case when is_bound then mine end);
    end if;
end $$;
