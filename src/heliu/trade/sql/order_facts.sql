-- What must be known to decide on a list of orders, in their order: one row of lists. `term_keys`
-- are the accounts of trade credit of those on terms (else null); `line_orders` are places in the
-- lists; `gains` is what they may earn as a whole, mostly null; `stops` says why none may be placed on
-- terms, or PAUSED while the seller is suspended; behind a buyer's `names` stands the currency in which
-- the two trade. Runs as whoever asks, so it answers for the asker's own organisations only. Locks nothing,
-- unless `locking`: then what it says of room and goods holds until the transaction ends.
create or replace function trade_order_facts(
    buyers uuid[], sellers uuid[], external_ids text[], term_keys text[],
    line_orders int[], skus uuid[], quantities bigint[],
    on_day date, moment timestamptz, locking boolean,
    out trades boolean[], out used boolean[], out names text[],
    out terms bigint[], out room bigint[], out stops text[], out at_least bigint[],
    out order_numbers bigint[], out deal_numbers bigint[],
    out codes text[], out prices bigint[], out accounts bigint[],
    out free bigint[], out gains jsonb)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
    all_may_wait boolean;
begin
    if locking then
        perform posting_lock(
            array(select k.id from posting_account k where k.key = any (term_keys)) || array(
                select distinct a.account
                  from (select sellers[l.o] as seller, array_agg(distinct l.sku) as skus
                          from unnest(line_orders, skus) l (o, sku) group by 1) s,
                       lateral stock_available(s.skus, s.seller, s.seller, moment) a));
    end if;

    select array_agg(coalesce(r.status = 'ACTIVE', false) order by w.n),
           array_agg(w.external_id <> '' and exists (
               select from ordering_order o
                where o.buyer = w.buyer and o.external_id = w.external_id) order by w.n),
           array_agg(array[b.short_name, b.short_name_zh, b.name, b.name_zh, r.currency]::text[] order by w.n),
           array_agg(k.id order by w.n),
           array_agg(k.ceiling - k.posted - k.held_in order by w.n),
           array_agg(case when r.status = 'PAUSED' then r.status else r.terms_stop end order by w.n),
           array_agg(r.least_order order by w.n),
           array_agg(nextval('number_so') order by w.n),
           array_agg(nextval('number_dl') order by w.n),
           bool_and(r.may_wait)
      into trades, used, names, terms, room, stops, at_least, order_numbers, deal_numbers,
           all_may_wait
      from unnest(buyers, sellers, external_ids, term_keys)
           with ordinality w (buyer, seller, external_id, term_key, n)
      left join parties_tradingrelationship r
             on r.buyer = w.buyer and r.seller = w.seller and r.status in ('ACTIVE', 'PAUSED')
      left join parties_organization b on b.id = w.buyer
      left join posting_account k on k.key = w.term_key;

    select f.codes, f.prices, f.accounts, f.free into codes, prices, accounts, free
      from trade_line_facts(buyers, sellers, line_orders, skus, quantities, on_day, moment) f;
    if not all_may_wait then
        free := trade_free_now(buyers, sellers, line_orders, skus, free);
    end if;
    gains := trade_order_gains(buyers, sellers, line_orders, skus, quantities, moment);
end $$;
