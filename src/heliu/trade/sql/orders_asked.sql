-- What the fast lane must know of orders that came in under keys, in one call: what was answered to
-- the keys before, and the facts of all the orders (`trade_order_facts`). `orgs` are those whose
-- rows it may see, as the door names them.
create or replace function trade_orders_asked(
    orgs text, keys text[],
    buyers uuid[], sellers uuid[], external_ids text[], term_keys text[],
    line_orders int[], skus uuid[], quantities bigint[],
    on_day date, moment timestamptz, locking boolean,
    out answered int[], out contents bytea[], out bodies text[],
    out trades boolean[], out used boolean[], out names text[],
    out terms bigint[], out room bigint[], out order_numbers bigint[], out deal_numbers bigint[],
    out codes text[], out prices bigint[], out accounts bigint[],
    out free bigint[])
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
    perform set_config('heliu.orgs', orgs, true);
    if locking then
        perform idempotency_hold(buyers, keys);
    end if;
    select f.trades, f.used, f.names, f.terms, f.room, f.order_numbers, f.deal_numbers,
           f.codes, f.prices, f.accounts, f.free
      into trades, used, names, terms, room, order_numbers, deal_numbers,
           codes, prices, accounts, free
      from trade_order_facts(buyers, sellers, external_ids, term_keys, line_orders, skus,
                             quantities, on_day, moment, locking) f;
    -- Last: whoever has placed an order before the facts were seen has left its answer here too.
    select array_agg(a.place), array_agg(a.request_digest), array_agg(a.body::text)
      into answered, contents, bodies
      from idempotency_kept(buyers, keys) a;
end $$;
