-- How the buyers of a seller stand on a day (fen), the latest first, then who owes most: a page of
-- them (`which`: '' all, late, stopped), each beside what all of them come to. `ages` are the days
-- from which a debt is older; what is not due yet comes first.
--
-- Whoever owes has terms, so all buyers are those with terms. While enough of them are late for the
-- page nobody else can stand on it, and only as many are asked what else they owe. What is open is
-- added up by its due day off an index that holds the sums; the planner takes that for dearer than
-- reading the table, since it reckons with a slow disk, hence the settings.
create function terms_board(
    whose uuid, today date, which text, most int, skipped int, ages int[],
    out everybody bigint, out latecomers bigint, out stopped bigint, out owed bigint,
    out aged bigint[], out buyer uuid, out buyer_aged bigint[], out credit bigint,
    out disputed bigint, out number int, out oldest date)
returns setof record language sql stable
set enable_bitmapscan = off
set max_parallel_workers_per_gather = 0
set plan_cache_mode = force_custom_plan
as $$
with late as materialized (
    select i.buyer, sum(i.amount - i.paid - i.credited - i.discounted - i.written_off) as amount
      from terms_invoice i
     where i.seller = whose and i.settled_on is null and i.due_on < today
     group by i.buyer),
count as materialized (
    select (select count(*) from terms_terms where seller = whose) as everybody,
           (select count(*) from late) as latecomers,
           (select count(*) from terms_terms where seller = whose and stop <> '') as stopped),
total as materialized (
    select array(select coalesce(sum(i.amount), 0)::bigint
                   from generate_series(0, cardinality(ages)) age
                   left join (
                        select due_on, sum(amount - paid - credited - discounted - written_off) as amount
                          from terms_invoice where seller = whose and settled_on is null
                         group by due_on) i on width_bucket(today - i.due_on, ages) = age
                  group by age order by age) as aged,
           (select coalesce(sum(amount - allocated), 0) from terms_payment
             where seller = whose and taken_back_at is null and allocated < amount) as credit),
latest as (
    select * from late order by amount desc fetch first (skipped + most) rows with ties),
wanted as (
    select l.buyer, l.amount as late, (
           select sum(i.amount - i.paid - i.credited - i.discounted - i.written_off)
             from terms_invoice i
            where i.seller = whose and i.buyer = l.buyer and i.settled_on is null) as amount
      from latest l
     where which = 'late' or which = '' and (select latecomers from count) >= skipped + most
    union all
    select t.buyer, coalesce(l.amount, 0), coalesce(o.amount, 0)
      from terms_terms t
      left join late l on l.buyer = t.buyer
      left join (
           select i.buyer, sum(i.amount - i.paid - i.credited - i.discounted - i.written_off) as amount
             from terms_invoice i
            where i.seller = whose and i.settled_on is null
            group by i.buyer) o on o.buyer = t.buyer
     where t.seller = whose
       and (which = 'stopped' and t.stop <> ''
            or which = '' and (select latecomers from count) < skipped + most)),
page as (
    select * from wanted order by late desc, amount desc, buyer limit most offset skipped)
select c.everybody, c.latecomers, c.stopped,
       ((select sum(part) from unnest(t.aged) part) - t.credit)::bigint, t.aged,
       p.buyer, o.aged, coalesce(y.amount, 0)::bigint, o.disputed, o.number, o.oldest
  from count c
 cross join total t
  left join page p on true
  left join lateral (
       select array(select coalesce(sum(i.amount - i.paid - i.credited - i.discounted - i.written_off), 0)::bigint
                      from generate_series(0, cardinality(ages)) age
                      left join terms_invoice i
                        on i.seller = whose and i.buyer = p.buyer and i.settled_on is null
                       and width_bucket(today - i.due_on, ages) = age
                     group by age order by age) as aged,
              coalesce(sum(i.disputed), 0)::bigint as disputed, count(*)::int as number,
              min(i.due_on) as oldest
         from terms_invoice i
        where i.seller = whose and i.buyer = p.buyer and i.settled_on is null) o on true
  left join lateral (
       select sum(y.amount - y.allocated) as amount
         from terms_payment y
        where y.seller = whose and y.buyer = p.buyer and y.taken_back_at is null
          and y.allocated < y.amount) y on true
 order by p.late desc, p.amount desc, p.buyer
$$;
