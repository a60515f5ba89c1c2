-- The laws of stock that the posting engine cannot know: rows show what their accounts hold, and
-- what can be promised is what lies free and good. Run by the worker, who sees all.
create function stock_check() returns table (law text, offender text)
language sql stable set enable_seqscan = on as $$
    (select 'a row shows what its account holds', r.id::text
       from stock_stockrow r join posting_account a on a.id = r.account
      where a.posted <> r.quantity order by r.id limit 1)
    union all
    (select 'what is promised lies there free and good', p.id::text
       from stock_promised p
       join posting_account a on a.id = p.account
       left join lateral (
            select sum(r.quantity) as lying from stock_stockrow r
             where r.owner = p.owner and r.warehouse = p.warehouse and r.sku_id = p.sku_id
               and r.quality = 'GOOD' and r.pledge is null and r.quantity > 0) free on true
      where a.posted <> coalesce(free.lying, 0) order by p.id limit 1)
$$;
