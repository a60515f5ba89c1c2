-- Writes the holds whose ids are new and returns what they hold, by account. A known id with other
-- content is refused; a hold binds only an account with limits.
create or replace function posting_place(
    hold_ids uuid[], hold_accounts bigint[], hold_amounts bigint[], hold_subjects uuid[],
    hold_expiries timestamptz[], now_at timestamptz,
    out accounts bigint[], out amounts bigint[])
language plpgsql as $$
#variable_conflict use_column
declare
    mine uuid[] := heliu_orgs();
    bad uuid; unknown bigint;
begin
    select h.account into unknown
      from unnest(hold_accounts, hold_amounts) h(account, amount)
     where amount = 0
        or not exists (select from posting_account k where k.id = h.account and k.is_limited)
     order by h.account limit 1;
    if unknown is not null then
        perform posting_refuse('HL404', jsonb_build_object('key', unknown::text));
    end if;
    if posting_bound() then
        select h.id into bad
          from unnest(hold_ids, hold_accounts) h(id, account)
          join posting_account k on k.id = h.account
         where not coalesce(k.org = any (mine) or k.other = any (mine), false) limit 1;
        if bad is not null then
            perform posting_refuse('HL403', jsonb_build_object('key', bad));
        end if;
    end if;

    with given as (
        select * from unnest(hold_ids, hold_accounts, hold_amounts, hold_subjects, hold_expiries)
                 g(id, account, amount, subject, expires_at)),
    placed as (
        insert into posting_hold (id, account_id, amount, posted, subject, expires_at, status, at,
                                  org, other)
        select g.id, g.account, g.amount, 0, g.subject, g.expires_at, 'OPEN', now_at, k.org, k.other
          from given g join posting_account k on k.id = g.account
         order by g.id
            on conflict (id) do nothing
        returning account_id, amount)
    select array_agg(account_id), array_agg(amount) into accounts, amounts from placed;

    if coalesce(cardinality(accounts), 0) < cardinality(hold_ids) then
        select g.id into bad
          from unnest(hold_ids, hold_accounts, hold_amounts, hold_subjects)
               g(id, account, amount, subject)
          join posting_hold h on h.id = g.id
         where (h.account_id, h.amount, h.subject) is distinct from (g.account, g.amount, g.subject)
         limit 1;
        if bad is not null then
            perform posting_refuse('HL422', jsonb_build_object('key', bad));
        end if;
    end if;
end $$;
