-- What the fast lane must know of orders that came in under keys, in one call: who sends them
-- (`access_actors`), what was answered to the keys before, and the facts of all the orders
-- (`trade_order_facts`). In `term_keys` stands `anybody` where the buyer belongs, who is only
-- known here.
create or replace function trade_orders_asked(
    tokens bytea[], keys text[],
    sellers uuid[], external_ids text[], term_keys text[], anybody text,
    line_orders int[], skus uuid[], quantities bigint[],
    on_day date, moment timestamptz, locking boolean,
    out actors text, out answered int[], out contents bytea[], out bodies text[],
    out trades boolean[], out used boolean[], out names text[],
    out terms bigint[], out room bigint[], out stops text[], out at_least bigint[],
    out order_numbers bigint[], out deal_numbers bigint[],
    out codes text[], out prices bigint[], out accounts bigint[],
    out free bigint[], out gains jsonb)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    buyers uuid[];
    visible uuid[];
begin
    select a.actors, a.acting, a.visible into actors, buyers, visible
      from access_actors(tokens, moment) a;
    perform set_config('heliu.orgs', visible::text, true);
    term_keys := array(
        select replace(w.key, anybody, w.buyer::text)
          from unnest(term_keys, buyers) with ordinality w (key, buyer, n) order by w.n);
    if locking then
        perform idempotency_hold(buyers, keys);
    else
        -- A statement by itself that moved sequences only: what is written with their numbers is
        -- flushed after them, so nobody needs to wait here until the disk has them.
        perform set_config('synchronous_commit', 'off', true);
    end if;
    select f.trades, f.used, f.names, f.terms, f.room, f.stops, f.at_least, f.order_numbers, f.deal_numbers,
           f.codes, f.prices, f.accounts, f.free, f.gains
      into trades, used, names, terms, room, stops, at_least, order_numbers, deal_numbers,
           codes, prices, accounts, free, gains
      from trade_order_facts(buyers, sellers, external_ids, term_keys, line_orders, skus,
                             quantities, on_day, moment, locking) f;
    -- Last: whoever has placed an order before the facts were seen has left its answer here too.
    select array_agg(a.place), array_agg(a.request_digest), array_agg(a.body::text)
      into answered, contents, bodies
      from idempotency_kept(buyers, keys) a;
end $$;
