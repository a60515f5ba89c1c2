-- Why orders of those who trade in other currencies are not written: one was set since (`currency-set`),
-- or the buyer's house bounds what it spends, which it says in ours (`currency-rules`). Null where
-- nothing stands in the way.
create or replace function trade_currency_refused(buyers uuid[], sellers uuid[], units text[])
returns text language plpgsql stable security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
begin
    if exists (select from unnest(buyers, sellers, units) o (buyer, seller, unit)
                 join parties_tradingrelationship r on r.buyer = o.buyer and r.seller = o.seller
                where r.currency <> o.unit) then
        return 'currency-set';
    end if;
    if exists (select from unnest(buyers, units) o (buyer, unit)
                where o.unit <> 'CNY' and exists (
                      select from spending_above(o.buyer) a join spending_house h on h.org = a.id)) then
        return 'currency-rules';
    end if;
    return null;
end $$;
