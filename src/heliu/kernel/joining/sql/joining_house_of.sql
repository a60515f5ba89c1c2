-- The house whose mail has a domain, for whoever has shown that a mailbox there is theirs. Runs as
-- the owner, because it is asked before it is known for whom the request acts.
create or replace function joining_house_of(
    which text, out org uuid, out house text, out house_zh text, out lets_in text)
language sql stable security definer set search_path = public, pg_temp as $$
    select d.org, o.name::text, o.name_zh::text, d.lets_in::text
      from joining_maildomain d join parties_organization o on o.id = d.org
     where d.domain = which and o.status = 'ACTIVE'
$$;
