-- Says of holds that were not written why: no such account with limits, another's account (`mine`
-- is null for whoever is not bound), or the id of another hold. What is left was placed before.
create or replace function posting_not_placed(
    hold_ids uuid[], hold_accounts bigint[], hold_amounts bigint[], hold_subjects uuid[],
    mine uuid[])
returns void language plpgsql as $$
#variable_conflict use_column
declare
    bad uuid; unknown bigint;
begin
    select h.account into unknown
      from unnest(hold_accounts, hold_amounts) h(account, amount)
      left join posting_account k on k.id = h.account and k.is_limited
     where h.amount = 0 or k.id is null
     order by h.account limit 1;
    if unknown is not null then
        perform posting_refuse('HL404', jsonb_build_object('key', unknown::text));
    end if;
    select h.id into bad
      from unnest(hold_ids, hold_accounts) h(id, account)
      join posting_account k on k.id = h.account
     where mine is not null and not coalesce(k.org = any (mine) or k.other = any (mine), false)
     limit 1;
    if bad is not null then
        perform posting_refuse('HL403', jsonb_build_object('key', bad));
    end if;
    select g.id into bad
      from unnest(hold_ids, hold_accounts, hold_amounts, hold_subjects)
           g(id, account, amount, subject)
      join posting_hold h on h.id = g.id
     where (h.account_id, h.amount, h.subject) is distinct from (g.account, g.amount, g.subject)
     limit 1;
    if bad is not null then
        perform posting_refuse('HL422', jsonb_build_object('key', bad));
    end if;
end $$;
