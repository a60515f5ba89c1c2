-- The tree of organisations has no cycle, however many move at once: moves queue, and each looks at
-- what those before it have done. Runs as the owner, because a house does not see all above it.
create or replace function parties_no_cycle() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtext('parties_tree'));
    if exists (
        with recursive up as (
            select o.id, o.parent_id from parties_organization o where o.id = new.parent_id
            union
            select o.id, o.parent_id from parties_organization o join up u on o.id = u.parent_id)
        select from up where id = new.id) then
        raise exception 'organisation % would be below itself', new.id
              using errcode = 'check_violation', constraint = 'organization_tree_has_no_cycle';
    end if;
    return new;
end $$;
