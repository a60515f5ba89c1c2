-- Writes decided orders as one set: the orders with what promotions gave (`earned` says what they
-- gave for orders as a whole, mostly null), their deals with the first step, what is told of
-- them, and last, under the engine's guard, what they hold of credit and goods. All of it or
-- nothing: `refused` and `detail` say what stood in the way when somebody was quicker.
create or replace function trade_place(
    ids uuid[], numbers text[], buyers uuid[], sellers uuid[], warehouses uuid[], lenders uuid[],
    ways text[], units text[], totals bigint[], users uuid[], names text[], remarks text[],
    external_ids text[], days date[], addresses uuid[],
    line_orders int[], skus uuid[], quantities bigint[], prices bigint[], line_days date[],
    deals uuid[], deal_numbers text[],
    fact_ids uuid[], fact_names text[], flows text[], payloads text[], audiences text[],
    notices uuid[], kinds text[], params text[], links text[],
    holds uuid[], hold_accounts bigint[], hold_amounts bigint[], hold_subjects uuid[],
    earned jsonb, now_at timestamptz, out refused text, out detail text)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
    asking text := current_setting('heliu.orgs', true);
    short record;  -- goods promised to who may not wait for them
    bound record;  -- by what the buyers' houses let them spend
begin
    lock table ordering_order in row exclusive mode;  -- as writing it does: from here no currency is set
    if 'CNY' <> any (units) or exists (
                select from parties_tradingrelationship r  -- few, and found by an index of their own
                 where r.currency <> 'CNY' and r.buyer = any (buyers)) then
        refused := trade_currency_refused(buyers, sellers, units);
        if refused is not null then
            return;
        end if;
    end if;

    bound := spending_gate(ids, buyers, users, totals, line_orders, skus, now_at);
    if bound.refused is not null then
        refused := bound.refused;
        detail := bound.detail;
        return;
    end if;

    if exists (select from unnest(buyers, addresses) w (buyer, address)
                where w.address is not null
                  and not exists (select from addresses_for(w.buyer, w.address))) then
        refused := 'address-gone';
        return;
    end if;

    perform ordering_write(
        ids, numbers, buyers, sellers, warehouses, lenders, ways, units, totals, users, names,
        remarks, external_ids, days, addresses, line_orders, skus, quantities, prices, line_days,
        now_at);
    if earned is null then
        perform pricing_keep_discounts(
            ids, buyers, sellers, line_orders, skus, quantities, prices, now_at);
    else
        perform pricing_keep_rewards(ids, buyers, sellers, earned, now_at);
    end if;

    insert into trade_deal (
           id, number, order_id, buyer, seller, lender, custodian, outcome, opened_at, moved_at)
    select d.id, d.number, d.order_id, d.buyer, d.seller, d.lender,
           case when d.lender is not null then d.warehouse end, 'OPEN', now_at, now_at
      from unnest(deals, deal_numbers, ids, buyers, sellers, lenders, warehouses)
           d (id, number, order_id, buyer, seller, lender, warehouse);

    insert into trade_dealstep (
           deal_id, step, key, at, actor, actor_name, data, buyer, seller, lender, custodian)
    select d.id, 'ORDERED', '', now_at, d.who, d.name,
           jsonb_build_object('order', d.number, 'total', d.total),
           d.buyer, d.seller, d.lender, case when d.lender is not null then d.warehouse end
      from unnest(deals, users, names, numbers, totals, buyers, sellers, lenders, warehouses)
           d (id, who, name, number, total, buyer, seller, lender, warehouse);

    perform events_say(
        fact_ids, fact_names, flows, ids, array_fill(null::uuid, array[cardinality(ids)]),
        payloads, audiences, users, names, notices, sellers, kinds, params, links, now_at);

    if cardinality(bound.holds) > 0 then
        -- A budget of a house above the buyer's is held on, and not seen.
        perform set_config('heliu.orgs', (heliu_orgs() || bound.owners)::text, true);
        holds := bound.holds || holds;
        hold_accounts := bound.accounts || hold_accounts;
        hold_amounts := bound.amounts || hold_amounts;
        hold_subjects := bound.subjects || hold_subjects;
    end if;
    perform posting_apply(
        '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
        holds, hold_accounts, hold_amounts, hold_subjects,
        array_fill(null::timestamptz, array[cardinality(holds)]), '{}', now_at);
    if exists (select from parties_tradingrelationship r
                where r.buyer = any (buyers) and not r.may_wait) then
        for short in select * from trade_waits_though(
                ids, buyers, sellers, hold_subjects, hold_accounts, hold_amounts) loop
            raise exception using errcode = 'HL409', message = 'refused',
                                  detail = to_jsonb(short)::text;
        end loop;
    end if;
    if cardinality(bound.holds) > 0 then
        perform set_config('heliu.orgs', coalesce(asking, ''), true);
    end if;
exception
    when sqlstate 'HL403' or sqlstate 'HL404' or sqlstate 'HL409' or sqlstate 'HL422' then
        get stacked diagnostics refused = returned_sqlstate, detail = pg_exception_detail;
    when unique_violation then
        get stacked diagnostics detail = constraint_name;
        if detail <> 'one_order_per_external_id' then
            raise;
        end if;
        refused := 'external-id';
    when check_violation then
        get stacked diagnostics detail = constraint_name;
        if detail <> 'promotion_within_budget' then
            raise;
        end if;
        refused := 'promotion';
end $$;
