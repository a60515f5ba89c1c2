-- Stops all mail for one person and organisation. Whoever follows the link in a mail is not signed
-- in, so it runs as the owner; the caller has read person and organisation from a signed token.
create or replace function dispatch_stop(who uuid, house uuid) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
    insert into dispatch_reach (id, org, person, mail, phone, quiet_from, quiet_to)
    select uuidv7(), m.org, m.user_id, 'NEVER', '', 21, 8
      from access_membership m where m.user_id = who and m.org = house
    on conflict (person, org) do update set mail = 'NEVER'
$$;
