-- Adds to the balances of accounts without limits what transactions from `since` up to, not
-- including, `until` have written. All of those are over, so nothing can come in behind.
create or replace function posting_fold(since bigint, until bigint) returns void
language sql set search_path = public, pg_temp set enable_seqscan = off as $$
    update posting_account k
       set posted = k.posted + (
               select coalesce(sum(l.amount), 0) from posting_line l
                where l.account_id = k.id
                  and l.transaction >= k.folded_to and l.transaction < until),
           folded_to = until
     where k.id in (select l.account_id from posting_line l
                     where l.transaction >= since and l.transaction < until)
       and not k.is_limited
$$;
