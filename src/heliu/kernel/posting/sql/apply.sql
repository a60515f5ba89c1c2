-- Posts a set of journals, places holds and lets go of holds: all of it, or an error of class HL
-- whose detail says in JSON what stood in the way. Returns the accounts with limits it locked.
--
-- Order of locks, the same for all: keys of journals, then accounts with limits by (lock_rank, id),
-- then ids of holds. Accounts without limits are not locked. A hold is guarded by its account's lock.
create or replace function posting_apply(
    journal_ids uuid[], keys text[], kinds text[], effectives date[], subjects uuid[],
    reversed uuid[], contents bytea[],
    line_journals int[], line_accounts bigint[], line_amounts bigint[], line_holds uuid[],
    hold_ids uuid[], hold_accounts bigint[], hold_amounts bigint[], hold_subjects uuid[],
    hold_expiries timestamptz[],
    voids uuid[], now_at timestamptz)
returns bigint[]
language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    fresh bigint[];           -- which journals are new, by their place in the call
    new_accounts bigint[]; new_amounts bigint[];    -- holds placed
    gone_accounts bigint[]; gone_amounts bigint[];  -- what holds stop holding: posted, void, due
    part_accounts bigint[]; part_amounts bigint[];
    limited bigint[]; orgs uuid[]; others uuid[];
    bad_accounts bigint[]; bad_amounts bigint[]; bad_outs bigint[]; bad_ins bigint[];
    bad_hold uuid;
begin
    if cardinality(keys) > 0 then
        fresh := posting_journals(journal_ids, keys, kinds, effectives, subjects, reversed,
                                  contents, line_journals, line_accounts, line_amounts, now_at);
        if cardinality(fresh) < cardinality(keys) then
            select coalesce(array_agg(j order by n), '{}'), coalesce(array_agg(a order by n), '{}'),
                   coalesce(array_agg(m order by n), '{}'), coalesce(array_agg(h order by n), '{}')
              into line_journals, line_accounts, line_amounts, line_holds
              from unnest(line_journals, line_accounts, line_amounts, line_holds)
                   with ordinality l(j, a, m, h, n)
             where j = any (fresh);
        end if;
    end if;
    if cardinality(voids) > 0 then
        gone_accounts := posting_voidable(voids);
    end if;

    select array_agg(id), array_agg(org), array_agg(other) into limited, orgs, others from (
        select id, org, other from posting_account
         where id = any (line_accounts || hold_accounts || gone_accounts) and is_limited
         order by lock_rank, id for no key update) locked;

    if cardinality(hold_ids) > 0 then
        select accounts, amounts into new_accounts, new_amounts
          from posting_place(hold_ids, hold_accounts, hold_amounts, hold_subjects, hold_expiries,
                             limited, orgs, others, now_at);
    end if;

    -- Holds due by now are closed by whoever meets them.
    if exists (select from posting_hold
                where account_id = any (line_accounts || new_accounts || gone_accounts)
                  and status = 'OPEN' and expires_at <= now_at) then
        with due as (
            update posting_hold set status = 'EXPIRED', closed_at = now_at
             where account_id = any (line_accounts || new_accounts || gone_accounts)
               and status = 'OPEN' and expires_at <= now_at
            returning account_id, amount - posted as rest)
        select array_agg(account_id), array_agg(rest) into gone_accounts, gone_amounts from due;
    else
        gone_accounts := null;
    end if;

    if array_remove(line_holds, null) <> '{}' then
        with part as (
            select hold, acc, sum(m)::bigint as m, min(m) as least, max(m) as most
              from unnest(line_holds, line_accounts, line_amounts) l(hold, acc, m)
             where hold is not null group by hold, acc),
        met as (
            update posting_hold h
               set posted = h.posted + p.m,
                   status = case when h.posted + p.m = h.amount then 'POSTED' else 'OPEN' end,
                   closed_at = case when h.posted + p.m = h.amount then now_at end
              from part p
             where h.id = p.hold and h.account_id = p.acc and h.status = 'OPEN'
               and case when h.amount > 0 then p.least > 0 and h.posted + p.m <= h.amount
                        else p.most < 0 and h.posted + p.m >= h.amount end
            returning h.id, h.account_id, p.m)
        select (select hold from part
                 where not exists (select from met where met.id = hold and met.account_id = acc)
                 order by hold limit 1),
               array_agg(account_id), array_agg(m)
          into bad_hold, part_accounts, part_amounts from met;
        if bad_hold is not null then
            perform posting_refuse('HL410', jsonb_build_object('hold', bad_hold));
        end if;
        gone_accounts := gone_accounts || part_accounts;
        gone_amounts := gone_amounts || part_amounts;
    end if;

    if cardinality(voids) > 0 then
        with void as (
            update posting_hold set status = 'VOIDED', closed_at = now_at
             where id = any (voids) and status = 'OPEN'
            returning account_id, amount - posted as rest)
        select array_agg(account_id), array_agg(rest) into part_accounts, part_amounts from void;
        gone_accounts := gone_accounts || part_accounts;
        gone_amounts := gone_amounts || part_amounts;
    end if;

    with change as (
        select a, sum(m)::bigint as m, sum(o)::bigint as o, sum(i)::bigint as i from (
            select a, m, 0 as o, 0 as i from unnest(line_accounts, line_amounts) l(a, m)
            union all
            select a, 0, greatest(-m, 0), greatest(m, 0) from unnest(new_accounts, new_amounts) n(a, m)
            union all
            select a, 0, least(m, 0), -greatest(m, 0) from unnest(gone_accounts, gone_amounts) g(a, m)
        ) x group by a),
    kept as (
        update posting_account k
           set posted = k.posted + c.m, held_out = k.held_out + c.o, held_in = k.held_in + c.i
          from change c
         where k.id = c.a and k.is_limited
           and (k.posted + c.m - k.held_out - c.o >= k.floor) is not false
           and (k.posted + c.m + k.held_in + c.i <= k.ceiling) is not false
        returning k.id)
    select array_agg(a), array_agg(m), array_agg(o), array_agg(i)
      into bad_accounts, bad_amounts, bad_outs, bad_ins
      from change join unnest(limited) l (id) on l.id = a
     where not exists (select from kept where kept.id = a);
    if bad_accounts is not null then
        perform posting_short(bad_accounts, bad_amounts, bad_outs, bad_ins);
    end if;

    if cardinality(line_accounts) > 0 then
        insert into posting_line (journal_id, account_id, amount, hold, effective, org, other,
                                  chain_id, transaction)
        select journal_ids[l.j], k.id, l.m, l.h, effectives[l.j], k.org, k.other, k.chain_id,
               pg_current_xact_id()::text::bigint
          from unnest(line_journals, line_accounts, line_amounts, line_holds)
               with ordinality l(j, a, m, h, n)
          join posting_account k on k.id = l.a
         order by l.n;
    end if;

    return limited;
end $$;
