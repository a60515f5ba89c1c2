-- How all buyers of a seller stand on a day (fen), the latest first or by what is asked (`by`: owed,
-- credit, disputed, or the age at `place`; `sign` -1 the least first): a page of them (`only`: all,
-- late, stopped), each beside the sums over all. `ages` are the days from which a debt is older,
-- `loss` what of each age is lost as a rule; what is not due yet comes first.
with owed as (
    select i.buyer, sum(v.left) as amount, sum(i.disputed) as disputed, count(*) as number,
           min(i.due_on) as oldest,
           array[coalesce(sum(v.left) filter (where v.days < (%(ages)s::int[])[1]), 0),
                 coalesce(sum(v.left) filter (where v.days >= (%(ages)s::int[])[1]
                                                and v.days < (%(ages)s::int[])[2]), 0),
                 coalesce(sum(v.left) filter (where v.days >= (%(ages)s::int[])[2]
                                                and v.days < (%(ages)s::int[])[3]), 0),
                 coalesce(sum(v.left) filter (where v.days >= (%(ages)s::int[])[3]
                                                and v.days < (%(ages)s::int[])[4]), 0),
                 coalesce(sum(v.left) filter (where v.days >= (%(ages)s::int[])[4]), 0)]::bigint[] as aged
      from terms_invoice i
     cross join lateral (
           select i.amount - i.paid - i.credited - i.discounted - i.written_off as left,
                  %(on)s - i.due_on as days) v
     where i.seller = %(seller)s and i.settled_on is null
     group by i.buyer),
pair as materialized (
    select coalesce(o.buyer, p.buyer, t.buyer) as buyer, coalesce(o.aged, %(nothing)s::bigint[]) as aged,
           coalesce(o.amount, 0) as amount, coalesce(o.amount - o.aged[1], 0) as late,
           coalesce(o.disputed, 0) as disputed, coalesce(o.number, 0) as number, o.oldest,
           coalesce(p.amount, 0) as credit, coalesce(t.stop <> '', false) as is_stopped
      from owed o
      full join (select y.buyer, sum(y.amount - y.allocated) as amount from terms_payment y
                  where y.seller = %(seller)s and y.taken_back_at is null
                    and y.allocated < y.amount
                  group by y.buyer) p on p.buyer = o.buyer
      full join (select buyer, stop from terms_terms where seller = %(seller)s) t
             on t.buyer = coalesce(o.buyer, p.buyer)),
total as (
    select count(*) as everybody, count(*) filter (where late > 0) as latecomers,
           count(*) filter (where is_stopped) as stopped,
           coalesce(sum(amount - credit), 0) as owed,
           coalesce(sum(round(aged[1] * (%(loss)s::numeric[])[1]) + round(aged[2] * (%(loss)s::numeric[])[2])
                        + round(aged[3] * (%(loss)s::numeric[])[3]) + round(aged[4] * (%(loss)s::numeric[])[4])
                        + round(aged[5] * (%(loss)s::numeric[])[5])), 0) as loss,
           array[coalesce(sum(aged[1]), 0), coalesce(sum(aged[2]), 0), coalesce(sum(aged[3]), 0),
                 coalesce(sum(aged[4]), 0), coalesce(sum(aged[5]), 0)]::bigint[] as aged
      from pair),
page as (
    select *, %(sign)s * case %(by)s when 'owed' then amount - credit when 'credit' then credit
                                     when 'disputed' then disputed
                                     when 'age' then aged[%(place)s] else late end as key
      from pair
     where case %(only)s when 'late' then late > 0 when 'stopped' then is_stopped else true end
     order by key desc, late desc, amount desc, buyer limit %(most)s offset %(skipped)s)
select t.everybody, t.latecomers, t.stopped, t.owed::bigint, t.loss::bigint, t.aged,
       p.buyer, p.aged, p.credit::bigint, p.disputed::bigint, p.number::int, p.oldest
  from total t left join page p on true
 order by p.key desc, p.late desc, p.amount desc, p.buyer
