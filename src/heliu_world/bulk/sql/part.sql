-- The orders of one period are gathered, with their lines at the list price of their quantity.
create temporary table bulk_part on commit drop as
select uuidv7(placed_at - clock_timestamp()) as id, o.*, b.owner, b.behaviour, b.size,
       case when chance / 100000 %% 100 < %(transfers)s then 'TRANSFER' else 'TERMS' end as pay_by
  from bulk_order o join bulk_buyer b on b.n = o.n
 where part = %(part)s;

insert into past_line (order_id, position, sku, quantity, price)
select id, position, sku, quantity,
       case when tier_from > 1 and quantity >= tier_from then tier_price else price end
  from (select o.id, mod(l.position + o.chance, o.lines) + 1 as position, l.sku, p.*,
               greatest(1, round(l.quantity * o.size * %(factor)s))::bigint as quantity
          from bulk_part o
          join bulk_model_line l on l.model = o.model and l.place = o.place
          join bulk_price p on p.sku = l.sku
         where mod(l.position + o.chance, o.lines) < %(lines)s) line (
               id, position, sku, priced, price, tier_from, tier_price, quantity);

-- Dealers pay on Fridays, what would else be paid in the week after.
insert into past_order (id, number, deal, deal_number, buyer, seller, buyer_name, pay_by, source,
       total, lines, placed_at, completed_at, due_on, paid_on)
select o.id, number.made, uuidv7(placed_at - clock_timestamp()), deal.made, o.buyer, h.seller, owner,
       pay_by, '', s.total, s.lines, placed_at, placed_at + interval '3 days', due.day,
       paid.day - mod(extract(dow from paid.day)::int + 2, 7)
  from (select * from bulk_part order by placed_at, id) o
 cross join bulk_house h
  join (select order_id, sum(quantity * price) as total, count(*) as lines
          from past_line group by order_id) s on s.order_id = o.id
  join bulk_way w on w.behaviour = o.behaviour
   and o.chance / 1000 %% 100 >= w.least and o.chance / 1000 %% 100 < w.most
 cross join lateral (select (placed_at at time zone 'Asia/Shanghai')::date + 30 as day) due
 cross join lateral (
       select due.day + w.earliest + (chance / 10000000 %% (w.latest - w.earliest + 1))::int as day) paid
 cross join lateral (select to_char(placed_at at time zone 'Asia/Shanghai', 'YYMM') as month) m
 cross join lateral (select format('SO-%%s-%%s', month, to_char(nextval('number_so'), 'FM999000000'))) number(made)
 cross join lateral (select format('DL-%%s-%%s', month, to_char(nextval('number_dl'), 'FM999000000'))) deal(made);

analyze bulk_part, past_line, past_order;

insert into bulk_kept
select o.buyer, l.sku, sum(l.quantity) from past_line l join past_order o on o.id = l.order_id
 where o.placed_at > (select ends from bulk_house) - %(kept)s group by 1, 2;
insert into bulk_sold
select %(part)s, l.sku, sum(l.quantity) from past_line l join past_order o on o.id = l.order_id
 where o.placed_at <= (select ends from bulk_house) - %(kept)s group by l.sku;
