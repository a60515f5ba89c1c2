-- The laws of the engine that are broken, each with its first offender.
create or replace function posting_check() returns table (law text, offender text)
language sql stable set search_path = public, pg_temp set enable_seqscan = on as $$
with line as materialized (
    select l.*, k.balance_group, k.unit, k.is_limited, k.folded_to
      from posting_line l left join posting_account k on k.id = l.account_id),
total as (
    select k.id, k.key, k.is_limited, k.posted, k.held_out, k.held_in, k.floor, k.ceiling,
           coalesce(s.amount, 0) as lines, coalesce(h.o, 0) as o, coalesce(h.i, 0) as i
      from posting_account k
      left join (select account_id, sum(amount) as amount from line
                  where is_limited or transaction < folded_to group by account_id) s
             on s.account_id = k.id
      left join (select account_id, sum(greatest(posted - amount, 0)) as o,
                        sum(greatest(amount - posted, 0)) as i
                   from posting_hold where status = 'OPEN' group by account_id) h
             on h.account_id = k.id)
select law, min(offender) from (
    select 'A journal sums to zero per balance group and unit' as law,
           format('%s (%s, %s)', j.key, l.balance_group, l.unit) as offender
      from (select journal_id, balance_group, unit from line
             group by journal_id, balance_group, unit having sum(amount) <> 0) l
      join posting_journal j on j.id = l.journal_id
    union all
    select 'A journal has lines', j.key from posting_journal j
     where not exists (select from line l where l.journal_id = j.id)
    union all
    select 'A line has its journal and is as its account and journal say', l.id::text
      from line l left join posting_journal j on j.id = l.journal_id
      left join posting_account k on k.id = l.account_id
     where (l.org, l.other, l.chain_id, l.effective)
           is distinct from (k.org, k.other, k.chain_id, j.effective)
        or not coalesce(l.org = any (j.orgs), false)
    union all
    select 'A balance is the sum of its lines', key from total where posted <> lines
    union all
    select 'What is held is the sum of the open holds', key from total
     where held_out <> o or held_in <> i
    union all
    select 'A limit holds, open holds counted', key from total
     where posted - held_out < floor or posted + held_in > ceiling
    union all
    select 'A hold is posted by its lines', h.id::text
      from posting_hold h left join (select hold, account_id, sum(amount) as amount from line
                                      where hold is not null group by hold, account_id) l
             on l.hold = h.id and l.account_id = h.account_id
     where h.posted <> coalesce(l.amount, 0)
    union all
    select 'A line posts a hold of its own account', l.id::text from line l
     where l.hold is not null and not exists (
           select from posting_hold h where h.id = l.hold and h.account_id = l.account_id)
    union all
    select 'A reversal reverses a journal that is there', r.key from posting_journal r
     where r.reverses is not null
       and not exists (select from posting_journal j where j.id = r.reverses)
    union all
    select 'Transactions are numbered by this server (after a logical restore, move its counter on)',
           l.id::text
      from line l where l.transaction >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
       and l.transaction is distinct from pg_current_xact_id_if_assigned()::text::bigint
) broken group by law order by law
$$;
