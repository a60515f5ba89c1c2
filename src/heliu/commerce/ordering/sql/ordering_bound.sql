-- An order of which something has left goes to where that went. Asked only where an update names the
-- address and it is another.
create or replace function ordering_goes_where_it_went() returns trigger language plpgsql as $$
begin
    if exists (select from ordering_orderline l where l.order_id = new.id and l.shipped > 0) then
        raise check_violation using constraint = 'order_goes_where_it_went',
            message = format('a part of order %s has left', new.number);
    end if;
    return new;
end $$;
drop trigger if exists bound on ordering_order;
create trigger bound before update of ship_to on ordering_order
    for each row when (old.ship_to is distinct from new.ship_to)
    execute function ordering_goes_where_it_went();
