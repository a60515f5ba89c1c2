-- Writes the fast lane's decided orders (`trade_place`) with what is answered to their keys, in one
-- call: all of it or nothing. `refused` is 'answered' when somebody else has used one of the keys
-- since they were looked up. `orgs` are those whose rows it may touch, as the door names them.
create or replace function trade_orders_written(
    orgs text, keys text[], contents bytea[], bodies text[],
    ids uuid[], numbers text[], buyers uuid[], sellers uuid[], warehouses uuid[], lenders uuid[],
    ways text[], units text[], totals bigint[], users uuid[], names text[], remarks text[],
    external_ids text[], days date[], addresses uuid[],
    line_orders int[], skus uuid[], quantities bigint[], prices bigint[], line_days date[],
    deals uuid[], deal_numbers text[],
    fact_ids uuid[], fact_names text[], flows text[], payloads text[], audiences text[],
    notices uuid[], kinds text[], params text[], links text[],
    holds uuid[], hold_accounts bigint[], hold_amounts bigint[], hold_subjects uuid[],
    earned jsonb, now_at timestamptz, out refused text, out detail text)
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
    perform set_config('heliu.orgs', orgs, true);
    perform idempotency_hold(buyers, keys);
    select p.refused, p.detail into refused, detail
      from trade_place(
           ids, numbers, buyers, sellers, warehouses, lenders, ways, units, totals, users, names,
           remarks, external_ids, days, addresses, line_orders, skus, quantities, prices, line_days,
           deals, deal_numbers, fact_ids, fact_names, flows, payloads, audiences, notices, kinds, params, links,
           holds, hold_accounts, hold_amounts, hold_subjects, earned, now_at) p;
    if refused is null then
        perform idempotency_store(
            buyers, keys, contents, array_fill(201::smallint, array[cardinality(ids)]), bodies,
            now_at);
    end if;
exception
    when unique_violation then
        get stacked diagnostics detail = constraint_name;
        if detail <> 'one_answer_per_key' then
            raise;
        end if;
        refused := 'answered';
end $$;
