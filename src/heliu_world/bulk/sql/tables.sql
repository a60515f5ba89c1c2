-- What the load works from, for the time of the session; its sorts are large.
set work_mem = '128MB';
create temporary table bulk_house (
    seller uuid, bank uuid, warehouse uuid, begins timestamptz, ends timestamptz, period interval,
    years int, revenue bigint, cash bigint);
create temporary table bulk_buyer (
    n int primary key, id uuid, code text, name text, name_zh text, short_name text,
    short_name_zh text, city text, city_zh text, owner text, behaviour text, orders int,
    size float8);
create temporary table bulk_model_order (
    model int, place int, since interval, lines int, primary key (model, place));
create temporary table bulk_model_line (
    model int, place int, position int, sku uuid, quantity int,
    primary key (model, place, position));
create temporary table bulk_price (
    sku uuid primary key, price bigint, tier_from int, tier_price bigint);
-- Of 100 payments those from `least` to `most` come between `earliest` and `latest` days late.
create temporary table bulk_way (behaviour text, least int, most int, earliest int, latest int);
create temporary table bulk_account (
    buyer uuid primary key, receivable bigint, payable bigint, stock bigint, bank bigint);
-- What leaves the seller for good, per period, and what still lies at the dealers.
create temporary table bulk_sold (part int, sku uuid, quantity bigint);
create temporary table bulk_kept (buyer uuid, sku uuid, quantity bigint);
