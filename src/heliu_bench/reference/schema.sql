-- Frozen: the least that an order of ten lines can be. The limit beside which Heliu is measured.
-- Money in minor units, quantities in pieces. Never changed, or figures stop being comparable.
create table buyer (id int primary key, name text not null, price_list int not null);
create table token (digest bytea primary key, buyer int not null references buyer, revoked_at timestamptz);
create table sku (id int primary key, code text not null unique, name text not null);
create table price (
    price_list int, sku int, min_quantity int, unit_price bigint not null,
    primary key (price_list, sku, min_quantity));
create table stock (
    sku int primary key, on_hand bigint not null, reserved bigint not null default 0,
    check (reserved >= 0 and reserved <= on_hand)) with (fillfactor = 50);
create table credit (
    buyer int primary key, ceiling bigint not null, held bigint not null default 0,
    check (held >= 0 and held <= ceiling)) with (fillfactor = 50);
create table orders (
    id bigint generated always as identity primary key, buyer int not null references buyer,
    status smallint not null default 1, total bigint not null, placed_at timestamptz not null default now());
create index on orders (buyer, placed_at desc);
create table order_line (
    order_id bigint not null references orders, position smallint not null,
    sku int not null references sku, quantity int not null, unit_price bigint not null, amount bigint not null,
    id bigint generated always as identity primary key, unique (order_id, position));
create table journal (
    id bigint generated always as identity primary key, order_id bigint not null references orders,
    account text not null, amount bigint not null, at timestamptz not null default now());
create index on journal (order_id);
create table outbox (
    id bigint generated always as identity primary key, topic text not null, payload jsonb not null,
    at timestamptz not null default now());

-- 11,000 dealers on 20 lists of 5,000 SKUs with three tiers: 300,000 prices.
insert into buyer select i, 'buyer ' || i, 1 + i % 20 from generate_series(1, 11000) i;
insert into token select sha256(('token' || i)::bytea), i from generate_series(1, 11000) i;
insert into sku select i, 'SKU' || lpad(i::text, 6, '0'), 'product ' || i from generate_series(1, 5000) i;
insert into price
select l, s, q, (1000 + s % 977) * (100 - l) * (case q when 1 then 100 when 10 then 95 else 90 end) / 10000
  from generate_series(1, 20) l, generate_series(1, 5000) s, unnest(array[1, 10, 100]) q;
insert into stock select i, 1000000000 from generate_series(1, 5000) i;
insert into credit select i, 1000000000000 from generate_series(1, 11000) i;
