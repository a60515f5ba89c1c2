-- Posts a set of journals, places holds and lets go of holds: all or nothing, in one call
-- (`posting_apply`). Returns what stands then on the accounts with limits that were named. A refusal
-- is an answer (refused = its SQLSTATE), so the caller's transaction stays usable.
create or replace function posting_post(
    journal_ids uuid[], keys text[], kinds text[], effectives date[], subjects uuid[],
    reversed uuid[], contents bytea[],
    line_journals int[], line_accounts bigint[], line_amounts bigint[], line_holds uuid[],
    hold_ids uuid[], hold_accounts bigint[], hold_amounts bigint[], hold_subjects uuid[],
    hold_expiries timestamptz[],
    voids uuid[], now_at timestamptz)
returns table (account bigint, posted bigint, held_out bigint, held_in bigint,
               floor bigint, ceiling bigint, refused text, detail text)
language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    touched bigint[];
begin
    touched := posting_apply(
        journal_ids, keys, kinds, effectives, subjects, reversed, contents,
        line_journals, line_accounts, line_amounts, line_holds,
        hold_ids, hold_accounts, hold_amounts, hold_subjects, hold_expiries, voids, now_at);
    return query
        select k.id, k.posted, k.held_out, k.held_in, k.floor, k.ceiling, null::text, null::text
          from posting_account k
         where k.id = any (line_accounts || hold_accounts || touched) and k.is_limited;
exception
    when sqlstate 'HL400' or sqlstate 'HL403' or sqlstate 'HL404' or sqlstate 'HL409'
      or sqlstate 'HL410' or sqlstate 'HL422' or sqlstate 'HL423' then
        get stacked diagnostics refused = returned_sqlstate, detail = pg_exception_detail;
        return next;
end $$;
