-- Locks the limited ones of these accounts in the one order of the product, for whoever will hold
-- room on them in this transaction and has been overtaken once.
create or replace function posting_lock(accounts bigint[]) returns void
language sql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select from posting_account where id = any (accounts) and is_limited
     order by lock_rank, id for no key update
$$;
