-- The rules of joining in force, for whoever stands before the door. Runs as the owner.
create or replace function joining_rules(
    out number integer, out door text, out sellers text, out by_rule boolean, out least_days integer)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.number, r.door::text, r.sellers::text, r.by_rule, r.least_days::integer
      from joining_joiningrules r order by r.number desc limit 1
$$;

-- Who has sent an invitation and whether it still holds, for whoever holds its link. Runs as the
-- owner; answers only for the id that it is given.
create or replace function joining_invitation(
    which uuid, at timestamptz,
    out seller uuid, out seller_name text, out seller_name_zh text,
    out email text, out name text, out is_open boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select i.org, o.name::text, o.name_zh::text, i.email::text, i.name::text,
           i.withdrawn_at is null and i.taken_at is null and i.expires_at > at
               and o.status = 'ACTIVE'
      from joining_invitation i join parties_organization o on o.id = i.org
     where i.id = which
$$;
