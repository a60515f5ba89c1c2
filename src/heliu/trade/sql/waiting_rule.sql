-- Who may not wait for goods (`may_wait` of its relationship) is promised those that lie there, whoever
-- asks and however many at once.

-- What is free of the goods of orders, for who orders them.
create or replace function trade_free_now(
    buyers uuid[], sellers uuid[], line_orders int[], skus uuid[], free bigint[])
returns bigint[] language sql stable security definer set search_path = public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
    select array_agg(case when r.may_wait is false then greatest(l.free - coalesce(b.most, 0), 0)
                          else l.free end order by l.n)
      from unnest(line_orders, skus, free) with ordinality l (o, sku, free, n)
      left join parties_tradingrelationship r
             on r.buyer = buyers[l.o] and r.seller = sellers[l.o] and not r.may_wait
      left join stock_backorder b on b.sku_id = l.sku and b.owner = sellers[l.o]
$$;

-- Of what orders hold, the first account of goods that are promised beyond what lies there to who may
-- not wait for them, with how many are short; no row where all is well. Asked once they hold it.
create or replace function trade_waits_though(
    ids uuid[], buyers uuid[], sellers uuid[], subjects uuid[], accounts bigint[], amounts bigint[])
returns table (account bigint, key text, short bigint)
language sql security definer set search_path = public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
    select a.id, a.key, a.held_out - a.posted
      from unnest(ids, buyers, sellers) o (id, buyer, seller)
      join parties_tradingrelationship r
           on r.buyer = o.buyer and r.seller = o.seller and not r.may_wait
      join unnest(subjects, accounts, amounts) h (subject, account, amount)
           on h.subject = o.id and h.amount < 0
      join posting_account a on a.id = h.account and a.posted < a.held_out
     order by a.id limit 1
$$;
