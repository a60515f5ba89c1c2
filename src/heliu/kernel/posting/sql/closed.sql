-- Refuses lines whose day lies in what their chain has closed, whoever writes them and how.
--
-- Chains are closed days after the last day they close (`books`), so what writes lines of yesterday
-- or today cannot run into a closing under way and waits for none; older lines and closings wait
-- for each other.
create or replace function posting_open_days() returns trigger language plpgsql as $$
declare
    shut record;
begin
    if exists (select from fresh where effective < current_date - 1) then
        perform pg_advisory_xact_lock_shared(hashtext('posting_closed'));
    end if;
    select c.org, c.last into shut
      from fresh l
     cross join lateral (select k.org, k.last from posting_closed k
                          where k.chain_id = l.chain_id and k.last >= l.effective offset 0) c
     limit 1;
    if found then
        perform posting_refuse('HL423', jsonb_build_object('org', shut.org, 'last', shut.last));
    end if;
    return null;
end $$;
