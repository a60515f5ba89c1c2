-- What the people of an organisation may do in each status: the one rule, asked whenever somebody
-- sits down at a desk, by a page or with a token (`access_seats_of`), so by every door. Suspended:
-- what is owed is paid and what was begun is brought to its end, nothing new begins.
create or replace function parties_may(status text, permission text) returns boolean
language sql immutable parallel safe as $$
    select case status
        when 'ACTIVE' then true
        when 'SUSPENDED' then permission = any (array[
            'pay', 'consent', 'manage', 'ship', 'receive', 'pick', 'count', 'carry', 'release',
            'enforce'])
        when 'PENDING' then permission = 'manage'
        when 'DENIED' then permission = 'manage'
        else false end
$$;

-- Who runs this platform: a newcomer's papers are for them. Runs as the owner; tells no more.
create or replace function parties_operators() returns uuid[]
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(organization_id order by organization_id), '{}')
      from parties_partyrole where role = 'OPERATOR'
$$;

-- The table of moves, and whose hand may move: whoever joins by itself begins as PENDING, and only
-- an operator or the worker admits, suspends or closes. One that was not admitted may ask anew.
create or replace function parties_standing_guarded() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    is_trusted boolean := current_user <> 'heliu_web'
        or coalesce(parties_operators() && heliu_orgs(), false);
begin
    if tg_op = 'INSERT' then
        if not is_trusted and new.status <> 'PENDING' then
            raise insufficient_privilege using message = 'a newcomer begins as PENDING';
        end if;
        return new;
    end if;
    if new.status = old.status then
        return new;
    end if;
    if old.status || ' ' || new.status <> all (array[
        'PENDING ACTIVE', 'PENDING DENIED', 'PENDING CLOSED', 'ACTIVE SUSPENDED', 'ACTIVE CLOSED',
        'SUSPENDED ACTIVE', 'SUSPENDED CLOSED', 'DENIED PENDING', 'DENIED CLOSED'])
    then
        raise check_violation
            using message = format('an organisation does not go from %s to %s', old.status, new.status);
    end if;
    if not is_trusted and not (old.status = 'DENIED' and new.status = 'PENDING') then
        raise insufficient_privilege using message = 'only an operator moves an organisation';
    end if;
    return new;
end $$;

create or replace trigger parties_standing before insert or update of status
    on parties_organization for each row execute function parties_standing_guarded();
