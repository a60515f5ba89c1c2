-- Holds stand as named from now on: those that are not there are placed, others get this amount,
-- zero lets go. What was posted of a hold stays posted, so it is never made smaller than that; one
-- that was posted whole or let go binds again where it is made larger. All of it, or an error as of
-- `posting_apply`, in whose order accounts are locked. Holds that run out by themselves are not for
-- this.
create or replace function posting_rehold(
    hold_ids uuid[], hold_accounts bigint[], hold_amounts bigint[], hold_subjects uuid[],
    now_at timestamptz, out refused text, out detail text)
language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    mine uuid[] := heliu_orgs();
    is_bound boolean := posting_bound();
    limited bigint[];
    unknown bigint; foreigner bigint; bad uuid;
    accounts bigint[]; befores bigint[]; afters bigint[];
    due_accounts bigint[]; due_rests bigint[];
    bad_accounts bigint[]; bad_outs bigint[]; bad_ins bigint[];
begin
    select array_agg(id) into limited from (
        select id from posting_account where id = any (hold_accounts) and is_limited
         order by lock_rank, id for no key update) locked;

    select min(w.account) filter (where k.id is null),
           min(w.account) filter (where is_bound and not coalesce(
               k.org = any (mine) or k.other = any (mine), false)),
           (array_agg(w.id) filter (where h.id is not null and (
               (h.account_id, h.subject) is distinct from (w.account, w.subject)
               or h.expires_at is not null
               or w.amount * h.amount < 0 or abs(w.amount) < abs(h.posted))))[1]
      into unknown, foreigner, bad
      from unnest(hold_ids, hold_accounts, hold_amounts, hold_subjects)
           w (id, account, amount, subject)
      left join posting_account k on k.id = w.account and k.id = any (limited)
      left join posting_hold h on h.id = w.id;
    if unknown is not null then
        perform posting_refuse('HL404', jsonb_build_object('key', unknown::text));
    end if;
    if foreigner is not null then
        perform posting_refuse('HL403', jsonb_build_object('key', foreigner::text));
    end if;
    if bad is not null then
        perform posting_refuse('HL410', jsonb_build_object('hold', bad));
    end if;

    -- Holds due by now are closed by whoever meets them.
    with due as (
        update posting_hold set status = 'EXPIRED', closed_at = now_at
         where account_id = any (limited) and status = 'OPEN' and expires_at <= now_at
        returning account_id, amount - posted as rest)
    select array_agg(account_id), array_agg(rest) into due_accounts, due_rests from due;

    with wanted as (
        select * from unnest(hold_ids, hold_accounts, hold_amounts, hold_subjects)
               w (id, account, amount, subject)),
    resized as (
        update posting_hold h
           set amount = case when w.amount = 0 then h.amount else w.amount end,
               status = case when w.amount = 0 then 'VOIDED'
                             when w.amount = h.posted then 'POSTED' else 'OPEN' end,
               closed_at = case when w.amount = 0 or w.amount = h.posted then now_at end
          from wanted w
         where h.id = w.id
        returning new.account_id as account,
                  case when old.status = 'OPEN' then old.amount - old.posted else 0 end as before,
                  case when new.status = 'OPEN' then new.amount - new.posted else 0 end as after),
    placed as (
        insert into posting_hold (id, account_id, amount, posted, subject, status, at, org, other)
        select w.id, w.account, w.amount, 0, w.subject, 'OPEN', now_at, k.org, k.other
          from wanted w join posting_account k on k.id = w.account
         where w.amount <> 0 and not exists (select from posting_hold h where h.id = w.id)
        returning account_id as account, 0::bigint as before, amount as after)
    select array_agg(account), array_agg(before), array_agg(after)
      into accounts, befores, afters
      from (select * from resized union all select * from placed) x;

    with change as (
        select a, sum(greatest(-n, 0) - greatest(-b, 0))::bigint as o,
               sum(greatest(n, 0) - greatest(b, 0))::bigint as i
          from (select * from unnest(accounts, befores, afters)
                union all select d.a, d.rest, 0 from unnest(due_accounts, due_rests) d (a, rest)
               ) c (a, b, n) group by a),
    kept as (
        update posting_account k set held_out = k.held_out + c.o, held_in = k.held_in + c.i
          from change c
         where k.id = c.a
           and (c.o <= 0 or (k.posted - k.held_out - c.o >= k.floor) is not false)
           and (c.i <= 0 or (k.posted + k.held_in + c.i <= k.ceiling) is not false)
        returning k.id)
    select array_agg(a), array_agg(o), array_agg(i) into bad_accounts, bad_outs, bad_ins
      from change where not exists (select from kept where kept.id = a);
    if bad_accounts is not null then
        perform posting_short(
            bad_accounts, array_fill(0::bigint, array[cardinality(bad_accounts)]),
            bad_outs, bad_ins);
    end if;
exception
    when sqlstate 'HL403' or sqlstate 'HL404' or sqlstate 'HL409' or sqlstate 'HL410' then
        get stacked diagnostics refused = returned_sqlstate, detail = pg_exception_detail;
end $$;
