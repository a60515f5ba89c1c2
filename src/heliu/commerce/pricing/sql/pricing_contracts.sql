-- What both sides of a contract agreed is changed by nobody alone. Three guards: prices of a contract
-- change in a version that is not live; such a version goes live where the buyer has agreed to it, or
-- where no price in it rises; and the list of a contract is given to its buyer alone.

-- Whether a version of a contract's list makes anything dearer on a day: a price that was there is
-- gone or higher, at any quantity where either has a step; a price where none was; or one that ends.
create or replace function pricing_version_rises(version uuid, live uuid, day date)
returns boolean language sql stable
set search_path = public, pg_temp
as $$
    select exists (
        select from (
            select p.sku_id, p.min_quantity from pricing_listprice p
             where p.price_list_id in (version, live)
               and p.valid_from <= day and (p.valid_to is null or p.valid_to >= day)
             group by p.sku_id, p.min_quantity
        ) step
          left join lateral pricing_best(array[live], step.sku_id, step.min_quantity, day) was on true
          left join lateral pricing_best(array[version], step.sku_id, step.min_quantity, day) next
               on true
         where next.amount is distinct from was.amount
           and (was.amount is null or next.amount is null or next.amount > was.amount))
        or exists (
        select from pricing_listprice p
         where p.price_list_id = version and p.valid_to is not null
           and not exists (
               select from pricing_listprice o
                where o.price_list_id = live and o.sku_id = p.sku_id
                  and o.min_quantity = p.min_quantity and o.valid_to is not distinct from p.valid_to))
$$;

-- Asked once for each statement, so that a file of a million prices hardly notices.
create or replace function pricing_contract_price_guard() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
    if exists (
        select from (select distinct price_list_id from touched) t
          join pricing_pricelist l on l.id = t.price_list_id
          join pricing_contract c on c.price_list_id = coalesce(l.version_of_id, l.id)
         where not c.is_offer and (l.version_of_id is null or l.live_from is not null)) then
        raise exception 'prices of a contract change in a version that both agree to'
              using errcode = 'check_violation', constraint = 'contract_prices_are_agreed';
    end if;
    return null;
end
$$;
create or replace trigger contract_prices_are_agreed_in
    after insert on pricing_listprice referencing new table as touched
    for each statement execute function pricing_contract_price_guard();
create or replace trigger contract_prices_are_agreed_up
    after update on pricing_listprice referencing new table as touched
    for each statement execute function pricing_contract_price_guard();
create or replace trigger contract_prices_are_agreed_out
    after delete on pricing_listprice referencing old table as touched
    for each statement execute function pricing_contract_price_guard();

create or replace function pricing_contract_version_guard() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
    live uuid;
begin
    if tg_op = 'UPDATE' and old.live_from is not null
       and new.live_from is distinct from old.live_from
       and exists (select from pricing_contract c where c.price_list_id = new.version_of_id) then
        raise exception 'what is agreed is not taken off the schedule'
              using errcode = 'check_violation', constraint = 'contract_versions_are_agreed';
    end if;
    if new.live_from is null or new.version_of_id is null
       or not exists (select from pricing_contract c where c.price_list_id = new.version_of_id) then
        return new;
    end if;
    select coalesce((select v.id from pricing_pricelist v
                      where v.version_of_id = new.version_of_id and v.live_from < new.live_from
                        and v.id <> new.id
                      order by v.live_from desc limit 1), new.version_of_id) into live;
    if not exists (select from pricing_contractchange h
                    where h.version_id = new.id and h.state = 'AGREED')
       and pricing_version_rises(new.id, live, (new.live_from at time zone 'Asia/Shanghai')::date)
    then
        raise exception 'a price of a contract rises only where the buyer agrees'
              using errcode = 'check_violation', constraint = 'contract_versions_are_agreed';
    end if;
    return new;
end
$$;
create or replace trigger contract_versions_are_agreed
    before insert or update of live_from on pricing_pricelist
    for each row execute function pricing_contract_version_guard();

create or replace function pricing_contract_buyer_guard() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
    held pricing_contract;
begin
    select * into held from pricing_contract c
     where c.price_list_id = coalesce(new.price_list_id, old.price_list_id);
    if not found then
        return coalesce(new, old);
    end if;
    if tg_op = 'DELETE' or held.is_offer or held.buyer <> new.buyer
       or new.valid_to is distinct from held.valid_to or new.valid_from <> held.valid_from then
        raise exception 'the list of a contract is for its buyer alone, in its days'
              using errcode = 'check_violation', constraint = 'contract_list_for_its_buyer';
    end if;
    return new;
end
$$;
create or replace trigger contract_list_for_its_buyer
    before insert or update or delete on pricing_pricelistbuyer
    for each row execute function pricing_contract_buyer_guard();

-- What both agreed stays: its days end earlier where both agreed to that, nothing else changes.
create or replace function pricing_contract_guard() returns trigger
language plpgsql security definer
set search_path = public, pg_temp
as $$
begin
    if not old.is_offer and (
        new.is_offer or (new.seller, new.buyer, new.price_list_id, new.valid_from)
                is distinct from (old.seller, old.buyer, old.price_list_id, old.valid_from)
        or (new.committed, new.committed_quantity)
                is distinct from (old.committed, old.committed_quantity)
        or (new.valid_to <> old.valid_to and not exists (
            select from pricing_contractchange h
             where h.contract_id = new.id and h.state = 'AGREED' and h.last = new.valid_to)))
    then
        raise exception 'what both sides of a contract agreed is changed by both'
              using errcode = 'check_violation', constraint = 'contract_is_changed_by_both';
    end if;
    return new;
end
$$;
create or replace trigger contract_is_changed_by_both
    before update on pricing_contract
    for each row execute function pricing_contract_guard();

-- What the contract says now and would say with a version (null: none is asked about), for its two
-- sides: a row for each step of each of its goods.
create or replace function pricing_contract_steps(
    one_contract uuid, one_version uuid, moment timestamptz)
returns table (sku uuid, min_quantity bigint, now_costs bigint, then_costs bigint)
language sql stable security definer
set search_path = public, pg_temp
as $$
    select p.sku_id, p.min_quantity,
           max(p.amount) filter (where p.price_list_id = l.live),
           max(p.amount) filter (where p.price_list_id = one_version)
      from pricing_contract c
     cross join lateral (
        select coalesce((select v.id from pricing_pricelist v
                          where v.version_of_id = c.price_list_id and v.live_from <= moment
                          order by v.live_from desc limit 1), c.price_list_id) as live
     ) l
      join pricing_listprice p
           on p.price_list_id in (l.live, one_version)
          and (p.valid_to is null
               or p.valid_to >= (moment at time zone 'Asia/Shanghai')::date)
     where c.id = one_contract
       and (one_version is null or exists (
            select from pricing_pricelist v
             where v.id = one_version and v.version_of_id = c.price_list_id))
       and (session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
            or c.buyer = any ((select heliu_orgs())::uuid[])
            or c.seller = any ((select heliu_orgs())::uuid[]))
     group by p.sku_id, p.min_quantity
$$;

-- By contract how many pieces, and for how much (minor units, after promotions), the buyer ordered in
-- its days of the goods that it ever priced; what was called off does not count. For its two sides.
create or replace function pricing_contract_taken(contracts uuid[])
returns table (contract uuid, pieces bigint, amount bigint)
language plpgsql stable security definer
set search_path = public, pg_temp
as $$
begin
    return query
    select c.id, coalesce(sum(l.quantity - l.cancelled), 0)::bigint,
           coalesce(sum((l.quantity - l.cancelled) * l.unit_price), 0)::bigint
      from pricing_contract c
      left join ordering_order o
             on o.buyer = c.buyer and o.seller = c.seller and o.status <> 'CANCELLED'
            and o.placed_at >= c.valid_from::timestamp at time zone 'Asia/Shanghai'
            and o.placed_at < (c.valid_to + 1)::timestamp at time zone 'Asia/Shanghai'
      left join ordering_orderline l
             on l.order_id = o.id and exists (
                select from pricing_listprice p
                  join pricing_pricelist t on t.id = p.price_list_id
                 where (t.id = c.price_list_id or t.version_of_id = c.price_list_id)
                   and p.sku_id = l.sku_id)
     where c.id = any (contracts)
       and (session_user = 'heliu_worker' or current_setting('role') = 'heliu_worker'
            or c.buyer = any ((select heliu_orgs())::uuid[])
            or c.seller = any ((select heliu_orgs())::uuid[]))
     group by c.id;
end
$$;
