-- The provider that signs in the people of a domain of mail, by whichever protocol, while its house
-- is in good standing. Like the next two it runs as the owner, because it is asked before it is
-- known for whom the request acts. Times are those of the world outside, as in what providers sign.
create or replace function sso_provider_for(
    mail_domain text, out id uuid, out org uuid, out protocol text, out issuer text,
    out client_id text, out secret bytea, out address text, out certificates text)
language sql stable security definer set search_path = public, pg_temp as $$
    select p.id, p.org, p.protocol::text, p.issuer::text, p.client_id::text, p.secret,
           p.address::text, p.certificates
      from joining_maildomain d
      join sso_provider p on p.org = d.org and p.is_on
      join parties_organization o on o.id = p.org and o.status = 'ACTIVE'
     where d.domain = mail_domain
$$;

-- The SAML provider of a house, to whose address somebody's browser brings what it said.
create or replace function sso_provider_at(
    house uuid, out id uuid, out org uuid, out issuer text, out address text,
    out certificates text)
language sql stable security definer set search_path = public, pg_temp as $$
    select p.id, p.org, p.issuer::text, p.address::text, p.certificates
      from sso_provider p
      join parties_organization o on o.id = p.org and o.status = 'ACTIVE'
     where p.org = house and p.is_on and p.protocol = 'SAML'
$$;

-- Keep what a provider said, once; false where it was heard before.
create or replace function sso_hear(
    which uuid, told_assertion text, asked text, told_ticket text, told_subject text,
    told_address text, told_name text, strong boolean, until timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from sso_heard h where h.keep_until < now();
    insert into sso_heard (provider_id, org, assertion, request, ticket, subject, address, name,
                           is_strong, came_at, keep_until)
    select p.id, p.org, told_assertion, asked, told_ticket, told_subject, told_address, told_name,
           strong, now(), until
      from sso_provider p where p.id = which and p.is_on and p.protocol = 'SAML'
        on conflict do nothing;
    return found;
end $$;

-- Whom it names, once, within two minutes, for the browser that asked and holds the ticket.
create or replace function sso_take(
    which uuid, told_ticket text, asked text, out subject text, out address text, out name text,
    out is_strong boolean)
language sql security definer set search_path = public, pg_temp as $$
    update sso_heard h set taken_at = now()
     where h.provider_id = which and h.ticket = told_ticket and h.request = asked
       and h.taken_at is null and h.came_at > now() - interval '2 minutes'
    returning h.subject::text, h.address::text, h.name::text, h.is_strong
$$;
