-- Sellers that a dealer may ask to trade with it: those that are listed or take whoever comes, and
-- one whose code (or id) it knows; none that it trades with already. Runs as the owner, because a dealer
-- knows no strangers.
create or replace function joining_sellers(typed text, most int)
returns table (id uuid, code text, name text, name_zh text, city text, city_zh text, is_open boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select o.id, o.code::text, o.name::text, o.name_zh::text, o.city::text, o.city_zh::text,
           coalesce(w.is_open, false)
      from parties_organization o
      join parties_partyrole r on r.organization_id = o.id and r.role = 'SELLER'
      left join joining_welcome w on w.org = o.id
     where o.status = 'ACTIVE' and not o.id = any (heliu_orgs())
       and (lower(typed) in (o.code, o.id::text)
            or (w.is_open or w.is_listed)
               and (typed = '' or o.name ilike '%' || typed || '%'
                    or o.name_zh ilike '%' || typed || '%'))
       and not exists (select from parties_tradingrelationship t
                        where t.seller = o.id and t.buyer = any (heliu_orgs())
                          and t.status in ('ACTIVE', 'PAUSED'))
     order by o.code limit most
$$;

-- Both agree: the buyer asks and takes back, the seller answers, and only the worker says that it
-- was carried out.
create or replace function joining_ask_guarded() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user <> 'heliu_web' then
        return new;
    end if;
    if tg_op = 'INSERT' then
        if new.status <> 'ASKED' or not new.buyer = any (heliu_orgs()) then
            raise insufficient_privilege using message = 'a buyer asks';
        end if;
    elsif new.related_at is distinct from old.related_at
       or (new.buyer, new.seller) <> (old.buyer, old.seller)
       or new.status in ('AGREED', 'REFUSED') and not new.seller = any (heliu_orgs())
       or new.status = 'WITHDRAWN' and not new.buyer = any (heliu_orgs()) then
        raise insufficient_privilege using message = 'the seller answers';
    end if;
    return new;
end $$;

create trigger ask_guarded before insert or update on joining_tradeask
    for each row execute function joining_ask_guarded();

-- How many branches a house may open by itself.
create or replace function joining_most_branches() returns integer
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce((select r.most_branches::integer from joining_joiningrules r
                      order by r.number desc limit 1), 20)
$$;

-- A house opens a branch below itself, which stands as it stands and buys as it buys; returns why
-- not, or nothing. Runs as the owner, because whoever joins by itself begins as PENDING.
create or replace function joining_open_branch(
    house uuid, branch uuid, branch_code text, title text, title_zh text, town text, street text)
returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare above parties_organization;
begin
    if not house = any (heliu_orgs()) then
        raise insufficient_privilege using message = 'a house opens branches of its own';
    end if;
    select * into above from parties_organization o where o.id = house for update;
    if above.status <> 'ACTIVE' then
        return 'house-not-active';
    end if;
    if not exists (select from parties_partyrole r
                    where r.organization_id = house and r.role in ('DEALER', 'BUYER')) then
        return 'branches-of-buyers';
    end if;
    if (select count(*) from parties_organization o
         where o.parent_id = house and o.status <> 'CLOSED') >= joining_most_branches() then
        return 'branches-enough';
    end if;
    if exists (select from parties_organization o where o.code = branch_code) then
        return 'code-taken';
    end if;
    insert into parties_organization (
        id, code, name, name_zh, short_name, short_name_zh, parent_id, city, city_zh, address,
        tax_number, external_id, is_active, status, registered_in, registered_number, tier)
    values (branch, branch_code, title, title_zh, title, title_zh, house, town, town, street,
            above.tax_number, '', true, 'ACTIVE', '', '', above.tier);
    insert into parties_partyrole (organization_id, role)
    select branch, r.role from parties_partyrole r
     where r.organization_id = house and r.role in ('DEALER', 'BUYER');
    insert into parties_acquaintance (org, knows) select o, branch from unnest(parties_operators()) o
    on conflict do nothing;
    return '';
end $$;
