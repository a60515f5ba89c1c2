-- The provider that signs in the people of a domain of mail, while its house is in good standing.
-- Runs as the owner, because it is asked before it is known for whom the request acts.
create or replace function sso_provider_of(
    mail_domain text, out id uuid, out org uuid, out issuer text, out client_id text,
    out secret bytea)
language sql stable security definer set search_path = public, pg_temp as $$
    select p.id, p.org, p.issuer::text, p.client_id::text, p.secret
      from joining_maildomain d
      join sso_provider p on p.org = d.org and p.is_on
      join parties_organization o on o.id = p.org and o.status = 'ACTIVE'
     where d.domain = mail_domain
$$;

-- Who a subject of a provider is: as it was found before, else whoever has this address and works at
-- the provider's house, which has to be at the house's own domain. Remembered from then on. Nobody
-- who works elsewhere only is ever found.
create or replace function sso_person(
    which uuid, told_subject text, address text, moment timestamptz) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    house uuid := (select p.org from sso_provider p where p.id = which and p.is_on);
    found_user uuid;
begin
    select k.user_id into found_user from sso_known k
     where k.provider_id = which and k.subject = told_subject;
    if found_user is null then
        select u.id into found_user
          from access_user u
          join access_membership m on m.user_id = u.id and m.org = house and m.is_active
          join joining_maildomain d on d.org = house
         where u.username = lower(address) and u.is_active
           and split_part(lower(address), '@', 2) = d.domain;
        if found_user is not null then
            insert into sso_known (provider_id, org, subject, user_id, since)
            values (which, house, told_subject, found_user, moment) on conflict do nothing;
        end if;
    end if;
    -- Known before, but gone from the house since, or known under another subject: nobody.
    return (select k.user_id from sso_known k
              join access_membership m on m.user_id = k.user_id and m.org = house and m.is_active
              join access_user u on u.id = k.user_id and u.is_active
             where k.provider_id = which and k.subject = told_subject);
end $$;
