-- Lets go of a part of what open holds hold, `parts` each above zero; a hold of which all the rest
-- goes is let go. Locks as `posting_apply` does: accounts by (lock_rank, id), then holds. A hold that
-- is closed, due, or holds less than that is refused, and so is another's.
create or replace function posting_ease(hold_ids uuid[], parts bigint[], now_at timestamptz)
returns void language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    gone uuid;
begin
    perform from posting_account
      where id = any (posting_voidable(hold_ids)) order by lock_rank, id for no key update;

    with wanted as (
        select hold, sum(part)::bigint as part from unnest(hold_ids, parts) w (hold, part) group by hold),
    eased as (
        update posting_hold h
           set amount = case when w.part = abs(h.amount - h.posted) then h.amount
                             else h.amount - sign(h.amount)::bigint * w.part end,
               status = case when w.part = abs(h.amount - h.posted) then 'VOIDED' else 'OPEN' end,
               closed_at = case when w.part = abs(h.amount - h.posted) then now_at end
          from wanted w
         where h.id = w.hold and h.status = 'OPEN' and w.part > 0
           and w.part <= abs(h.amount - h.posted)
           and (h.expires_at is null or h.expires_at > now_at)
        returning h.id, h.account_id, sign(h.amount)::bigint as way, w.part),
    freed as (
        update posting_account k
           set held_out = k.held_out - e.outs, held_in = k.held_in - e.ins
          from (select account_id, coalesce(sum(part) filter (where way < 0), 0)::bigint as outs,
                       coalesce(sum(part) filter (where way > 0), 0)::bigint as ins
                  from eased group by account_id) e
         where k.id = e.account_id
        returning k.id)
    select (select hold from wanted where not exists (select from eased where eased.id = hold)
             order by hold limit 1)
      into gone from (select count(*) from freed) done;
    if gone is not null then
        perform posting_refuse('HL410', jsonb_build_object('hold', gone));
    end if;
end $$;
