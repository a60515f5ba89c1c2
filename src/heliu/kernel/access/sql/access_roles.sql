-- What a house may put into roles of its own, before it had a tier (now `access_may_give.sql`).
create or replace function access_may_give(house uuid) returns text[]
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(distinct g.permission order by g.permission), '{}')::text[]
      from access_grantable g
      join parties_partyrole p on p.role = g.party_role and p.organization_id = house
     where g.tier = ''
$$;

-- Of permissions in one hand the first two that must not be; null when there are none.
create or replace function access_clash(permissions text[]) returns text
language sql stable security definer set search_path = public, pg_temp as $$
    select a.first || '+' || a.second from access_apart a
     where a.first = any (permissions) and a.second = any (permissions)
     order by a.first, a.second limit 1
$$;

-- A role of a house holds nothing that the house may not give, nor what must be in two hands, also
-- not together with the other roles of whoever has it. The roles that come with the platform are the
-- operator's affair.
create or replace function access_role_guarded() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    held record;
begin
    if new.org is null then
        return new;
    end if;
    if not new.permissions::text[] <@ access_may_give(new.org) then
        raise exception 'beyond what this house may give' using errcode = 'HL403',
              detail = array_to_string(array(
                  select p from unnest(new.permissions::text[]) p
                   where p <> all (access_may_give(new.org))), ', ');
    end if;
    for held in
        select access_clash(array_agg(distinct p)) as pair
          from access_membershiprole mine
          join access_membershiprole mr on mr.membership_id = mine.membership_id
          join access_role r on r.id = mr.role_id,
               lateral unnest(case when r.id = new.id then new.permissions else r.permissions end) p
         where mine.role_id = new.id
         group by mine.membership_id
        union all
        select access_clash(new.permissions::text[])
    loop
        if held.pair is not null then
            raise exception 'must be in two hands' using errcode = 'HL409', detail = held.pair;
        end if;
    end loop;
    return new;
end $$;

-- A house gives its own roles and those that come with the platform, nobody else's; all that somebody
-- holds by roles of the house's own making keeps apart what must be in two hands.
create or replace function access_membership_role_guarded() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    owner uuid := (select r.org from access_role r where r.id = new.role_id);
    pair text;
begin
    if owner <> new.org then
        raise exception 'a role of another house' using errcode = 'HL403', detail = new.role_id;
    end if;
    select case when bool_or(r.org is not null) then access_clash(array_agg(distinct p)) end into pair
      from access_membershiprole mr join access_role r on r.id = mr.role_id, lateral unnest(r.permissions) p
     where mr.membership_id = new.membership_id;
    if pair is not null then
        raise exception 'must be in two hands' using errcode = 'HL409', detail = pair;
    end if;
    return new;
end $$;
