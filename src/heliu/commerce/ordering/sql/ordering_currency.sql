-- An order is in the currency in which the two trade. Asked only of orders in others than ours; that
-- nobody trades in another who has orders in ours is held where a relationship's currency is set.
create or replace function ordering_in_their_currency() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from parties_tradingrelationship r
                    where r.buyer = new.buyer and r.seller = new.seller
                      and r.currency = new.currency) then
        raise check_violation using constraint = 'order_in_their_currency',
            message = 'order_in_their_currency: the two trade in another';
    end if;
    return new;
end $$;

create or replace trigger in_their_currency before insert or update of currency
    on ordering_order for each row when (new.currency <> 'CNY')
    execute function ordering_in_their_currency();

-- The currency in which two trade is set before anything was ordered. Nothing is ordered meanwhile:
-- an order being written is waited for, and one that comes later sees the new one (`trade_place` locks
-- before it looks).
create or replace function ordering_currency_set() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    lock table ordering_order in share row exclusive mode;
    if exists (select from ordering_order o where o.buyer = old.buyer and o.seller = old.seller) then
        raise check_violation using constraint = 'currency_before_orders',
            message = 'currency_before_orders: the two have ordered in one already';
    end if;
    return new;
end $$;

create or replace trigger currency_set before update of currency
    on parties_tradingrelationship for each row when (new.currency <> old.currency)
    execute function ordering_currency_set();
