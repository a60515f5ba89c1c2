-- Frozen: the whole order as one call, written once for speed. SKUs come in ascending order, so that
-- stock is locked in that order; it is locked last, so that hot rows are held shortest.
create function place_order(secret bytea, skus int[], quantities int[])
returns table (order_id bigint, order_total bigint) language plpgsql as $$
declare
    who int; list int; n int; prices bigint[]; total bigint; made bigint;
begin
    select t.buyer, b.price_list into who, list
      from token t join buyer b on b.id = t.buyer
     where t.digest = secret and t.revoked_at is null;
    if not found then raise exception 'unauthorized' using errcode = 'HL401'; end if;

    select array_agg(p.unit_price order by w.n), sum(p.unit_price * w.q) into prices, total
      from unnest(skus, quantities) with ordinality w(s, q, n)
     cross join lateral (
        select unit_price from price
         where price_list = list and sku = w.s and min_quantity <= w.q
         order by min_quantity desc limit 1) p;
    if cardinality(prices) is distinct from cardinality(skus) then
        raise exception 'no price' using errcode = 'HL404';
    end if;

    update credit set held = held + total where buyer = who and held + total <= ceiling;
    if not found then raise exception 'credit' using errcode = 'HL402'; end if;

    insert into orders (buyer, total) values (who, total) returning id into made;
    insert into order_line (order_id, position, sku, quantity, unit_price, amount)
    select made, w.n, w.s, w.q, w.p, w.p * w.q
      from unnest(skus, quantities, prices) with ordinality w(s, q, p, n);
    insert into journal (order_id, account, amount) values
        (made, 'receivable', total),
        (made, 'revenue', -(total - total * 13 / 113)),
        (made, 'vat', -(total * 13 / 113));
    insert into outbox (topic, payload)
    values ('order.placed', jsonb_build_object('order', made, 'buyer', who, 'total', total));

    with wanted as materialized (
        select s.sku, w.q from stock s join unnest(skus, quantities) w(s, q) on s.sku = w.s
         where s.sku = any (skus) order by s.sku for update of s)
    update stock s set reserved = reserved + w.q from wanted w
     where s.sku = w.sku and s.on_hand - s.reserved >= w.q;
    get diagnostics n = row_count;
    if n <> cardinality(skus) then raise exception 'stock' using errcode = 'HL409'; end if;
    return query select made, total;
end $$;
