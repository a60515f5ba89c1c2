-- When who orders, and after which order of which model. A dealer goes over from model to model
-- every 50 orders; each order is moved by up to two whole weeks, so that its day of the week stays,
-- and by up to an hour and a half. `chance` decides all else.
create temporary table bulk_order as
select b.n, b.id as buyer, m.model, m.place, m.lines, k, chance,
       h.begins + make_interval(weeks => 52 * (k %% h.years)) + make_interval(secs => mod(
           extract(epoch from m.since) + (chance %% 5 - 2) * 604800 + chance / 5 %% 10800 - 5400
           + 52 * 604800, 52 * 604800)::float8) as placed_at,
       0 as part
  from bulk_house h, bulk_buyer b
 cross join lateral generate_series(0, b.orders - 1) k
 cross join lateral (
       select abs(hashint8extended(b.n::bigint * 1000003 + k, 7) / 2) as chance) c
  join (select model, count(*) as orders from bulk_model_order group by model) size
    on size.model = (b.n + k / 50) %% %(models)s
  join bulk_model_order m
    on m.model = size.model and m.place = (k * 7919::bigint + b.n) %% size.orders;
update bulk_order set part = floor(extract(epoch from placed_at - h.begins)
                                   / extract(epoch from h.period)) from bulk_house h;
create index on bulk_order (part);
analyze bulk_order;
