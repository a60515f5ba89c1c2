-- What must hold after every step, asked of what changed since the last time only. An independent
-- telling: nothing here calls a function of the product.

-- The bank looks its entries up by account and day; a law looks them up by payment.
create index world_entry_reference on sandbox_entry (reference);
-- Orders of before the simulation bear no key of it.
create index world_order_remark on ordering_order (remark) where starts_with(remark, 'world-');

create table world_seen (document text, state text, primary key (document, state));
grant select, insert on world_seen to heliu_web, heliu_worker;

-- Remembers every state a document ever had, also one it had only within a transaction.
create function world_note() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    insert into world_seen values (tg_argv[0], to_jsonb(new) ->> tg_argv[1])
        on conflict do nothing;
    return null;
end $$;

-- What was written since the last look: whose deal, order, payment, release or account it is.
create unlogged table world_changed (kind text not null, ref text not null);
grant select, insert, delete on world_changed to heliu_web, heliu_worker;

create function world_touch() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    ref text := to_jsonb(new) ->> tg_argv[1];
begin
    if ref is not null then
        insert into world_changed values (tg_argv[0], ref);
    end if;
    return null;
end $$;

do $$
declare
    one text[];
begin
    foreach one slice 1 in array array[
        array['trade_deal', 'deal', 'id'], array['trade_dealstep', 'deal', 'deal_id'],
        array['ordering_order', 'order', 'id'], array['lending_loan', 'deal', 'deal'],
        array['pledges_pledge', 'deal', 'deal'], array['pledges_releaseorder', 'deal', 'deal'],
        array['pledges_codeattempt', 'release', 'release_id'],
        array['bank_paymentinstruction', 'deal', 'deal'],
        array['bank_banknotice', 'payment', 'instruction'],
        array['registry_filing', 'deal', 'deal'], array['posting_hold', 'account', 'account_id'],
        array['trade_lodging', 'deal', 'deal_id']
    ] loop
        execute format('create trigger world_touch after insert or update on %I for each row'
                       ' execute function world_touch(%L, %L)', one[1], one[2], one[3]);
    end loop;
end $$;

-- A broken law with its first offender, one row each (a limit that makes the planner walk a whole
-- index in order is left out). `since_line` is the last line of the last time; `moment` is the
-- simulation's. What was noted as changed is taken.
create function world_laws(since_line bigint, moment timestamptz)
returns table (law text, offender text)
language plpgsql set search_path = public, pg_temp set plan_cache_mode = force_generic_plan
as $$
declare
    fresh bigint[];    -- lines of journals
    touched bigint[];  -- accounts
    changed uuid[];    -- deals, and what belongs to them:
    orders uuid[];
    loans uuid[];
    pledges uuid[];
    payments uuid[];
    releases uuid[];
begin
    select coalesce(array_agg(id), '{}'), coalesce(array_agg(distinct account_id), '{}')
      into fresh, touched from posting_line where id > since_line;
    with taken as (delete from world_changed returning kind, ref)
    select touched || coalesce(array_agg(ref::bigint) filter (where kind = 'account'), '{}'),
           coalesce(array_agg(ref::uuid) filter (where kind = 'deal'), '{}'),
           coalesce(array_agg(ref::uuid) filter (where kind = 'order'), '{}'),
           coalesce(array_agg(ref::uuid) filter (where kind = 'payment'), '{}'),
           coalesce(array_agg(ref::uuid) filter (where kind = 'release'), '{}')
      into touched, changed, orders, payments, releases from taken;
    select coalesce(array_agg(distinct id), '{}') into changed from (
        select unnest(changed) as id
        union all
        select id from trade_deal where order_id = any (orders)
        union all
        select deal from bank_paymentinstruction where id = any (payments)
        union all
        select deal from pledges_releaseorder where id = any (releases)) x;
    if cardinality(touched) = 0 and cardinality(changed) = 0 then
        return;
    end if;

    -- The ledgers.
    return query
    select 'a journal sums to zero in every book',
           (select j.key::text from posting_journal j where j.id = l.journal_id)
      from posting_line l join posting_account k on k.id = l.account_id
     where l.id = any (fresh)
     group by l.journal_id, k.balance_group, k.unit having sum(l.amount) <> 0;

    return query
    select 'a balance is the sum of its lines, holds are the sum of the open ones, limits hold',
           format('%s: stands %s (out %s, in %s), lines %s, holds out %s, in %s', k.key, k.posted,
                  k.held_out, k.held_in, s.amount, h.o, h.i)
      from posting_account k
     cross join lateral (select coalesce(sum(l.amount), 0) as amount from posting_line l
                          where l.account_id = k.id) s
     cross join lateral (select coalesce(sum(greatest(x.posted - x.amount, 0)), 0) as o,
                                coalesce(sum(greatest(x.amount - x.posted, 0)), 0) as i
                           from posting_hold x
                          where x.account_id = k.id and x.status = 'OPEN') h
     where k.id = any (touched) and k.is_limited
       and ((k.posted, k.held_out, k.held_in) is distinct from (s.amount, h.o, h.i)
            or k.posted - k.held_out < k.floor or k.posted + k.held_in > k.ceiling)
     limit 1;

    -- Less the margin that secures it; what the margin paid does not free the limit once more.
    return query
    select 'the limit used is what is lent', format('%s: %s used, %s lent', k.key, s.amount, v.lent)
      from posting_account k join books_account b on b.id = k.id and b.code = 'limit_used'
     cross join lateral (select coalesce(sum(l.amount), 0) as amount from posting_line l
                          where l.account_id = k.id) s
     cross join lateral (
           select coalesce(sum(least(
                      l.principal - case when l.disbursed_on is null then 0
                                         else l.principal_repaid end,
                      greatest(0, l.principal
                      - case l.deposit_mode when 'CASH_MARGIN' then l.deposit else 0 end
                      - (select coalesce(sum(r.principal + r.margin), 0) from lending_repayment r
                          where r.loan_id = l.id and r.paid_by <> 'MARGIN')))), 0) as lent
             from lending_loan l
            where l.facility_id::text = b.ref
              and coalesce(l.disbursed_on, l.accepted_on) is not null
              and l.loan_returned_at is null and l.written_off_at is null) v
     where k.id = any (touched) and s.amount <> v.lent limit 1;

    -- Goods.
    return query
    select 'a row of stock shows what its account holds', r.id::text
      from stock_stockrow r join posting_account k on k.id = r.account
     where r.account = any (touched) and r.quantity <> k.posted limit 1;

    return query
    select 'what can be promised lies there free and good', p.id::text
      from stock_promised p join posting_account k on k.id = p.account
     where p.account = any (touched)
       and k.posted <> (select coalesce(sum(r.quantity), 0) from stock_stockrow r
                         where r.owner = p.owner and r.warehouse = p.warehouse
                           and r.sku_id = p.sku_id and r.quality = 'GOOD' and r.pledge is null)
     limit 1;

    return query
    select 'goods leave a warehouse only for a pick-up', k.key::text
      from posting_account k
     where k.id = any (touched) and starts_with(k.key, 'handed-over:')
       and (select coalesce(sum(l.amount), 0) from posting_line l where l.account_id = k.id)
           <> (select coalesce(sum(g.quantity), 0)
                 from pledges_releaseline g join pledges_releaseorder o on o.id = g.release_id
                where o.status = 'PICKED_UP' and g.sku_id::text = k.unit and g.taker = k.org
                  and g.custodian = k.other)
     limit 1;

    if cardinality(changed) = 0 then
        return;
    end if;
    select coalesce(array_agg(order_id), '{}') into orders from trade_deal
     where id = any (changed);
    select coalesce(array_agg(id), '{}') into loans from lending_loan where deal = any (changed);
    select coalesce(array_agg(id), '{}') into pledges from pledges_pledge
     where deal = any (changed);
    select coalesce(array_agg(id), '{}') into payments from bank_paymentinstruction
     where deal = any (changed);

    return query
    select 'an event is posted once', format('%s of %s', j.kind, j.subject)
      from posting_journal j
     where j.kind in ('deposit_collected', 'disbursed', 'own_share_moved', 'seller_paid',
                      'loan_cancelled', 'refund_agreed', 'order_paid', 'bill_accepted',
                      'bill_cancelled', 'bill_paid')
       and not starts_with(j.key, 'order_changed:')  -- the difference, once for each change
       and j.subject = any (loans || orders)
     group by j.kind, j.subject having count(*) > 1 limit 1;

    -- Orders.
    return query
    select 'an order is placed once for a key', o.remark::text from ordering_order o
     where starts_with(o.remark, 'world-')  -- a key; lists that come back bear their name
       and o.remark in (select remark from ordering_order where id = any (orders))
     group by o.remark having count(*) > 1 limit 1;

    return query
    select 'an order holds the goods and the credit that are open on it',
           format('%s %s: goods %s for %s open, credit %s for %s', o.number, o.status, h.goods,
                  n.goods, h.credit, n.credit)
      from trade_deal d join ordering_order o on o.id = d.order_id
     cross join lateral (
           select coalesce(sum(x.posted - x.amount) filter (where k.lock_rank = 80), 0) as goods,
                  coalesce(sum(x.amount - x.posted) filter (where k.lock_rank = 10), 0) as credit
             from posting_hold x join posting_account k on k.id = x.account_id
            where x.subject = o.id and x.status = 'OPEN') h
     cross join lateral (
           select coalesce(sum(i.quantity - i.shipped - i.cancelled), 0) as goods,
                  coalesce(sum((i.quantity - i.shipped - i.cancelled) * i.unit_price)
                           filter (where o.pay_by = 'TERMS'), 0) as credit
             from ordering_orderline i
            where i.order_id = o.id and o.status in ('PLACED', 'CONFIRMED', 'PART_SHIPPED')) n
     where d.id = any (changed) and (h.goods, h.credit) is distinct from (n.goods, n.credit)
     limit 1;

    return query
    select 'financed goods are sent once the seller has its money', s.number::text
      from transport_shipment s join lending_loan l on l.deal = s.deal
     where s.deal = any (changed) and l.seller_paid_at is null
       and l.release_mode <> 'FLOOR' limit 1;

    -- Loans.
    return query
    select 'the limit is held for open offers and signed loans, and for nothing else',
           format('%s %s: %s held, draws %s', l.number, l.status, h.amount, w.draws)
      from lending_loan l
     cross join lateral (
           select l.principal - case l.deposit_mode when 'CASH_MARGIN' then l.deposit
                                                    else 0 end as draws) w
     cross join lateral (
           select coalesce(sum(x.amount - x.posted), 0) as amount from posting_hold x
            where x.subject = l.id and x.status = 'OPEN') h
     where l.deal = any (changed)
       and not case
           when l.status = 'QUOTED'
                then h.amount = w.draws or h.amount = 0 and l.expires_at <= moment
           when l.status in ('AWAIT_DEPOSIT', 'AWAIT_GOODS', 'FUNDED_SHARE', 'DISBURSING')
                then h.amount = w.draws
           when l.status = 'BANK_REJECTED'
                then h.amount in (0, w.draws) and (h.amount = 0 or l.disbursed_at is null)
           else h.amount = 0 end
     limit 1;

    return query
    select 'interest is what the days and balances say',
           format('%s: %s posted to %s, reckoned %s', l.number, l.interest_accrued, l.accrued_to,
                  v.interest)
      from lending_loan l
     cross join lateral (
           select coalesce(round(l.rate * sum(l.principal - (
                      select coalesce(sum(r.principal), 0) from lending_repayment r
                       where r.loan_id = l.id and r.effective <= day::date))
                  / (100 * case l.day_count when 'ACT/365F' then 365 else 360 end)), 0) as interest
             from generate_series(l.disbursed_on,
                                  least(l.accrued_to, l.due_on + l.grace_days) - 1,
                                  interval '1 day') day) v
     where l.deal = any (changed) and l.disbursed_on is not null
       and (l.seller_paid_at is not null or l.release_mode = 'FLOOR')
       and l.interest_accrued <> v.interest
     limit 1;

    return query
    select 'a loan says what the lender''s book says',
           format('%s: principal %s in the book %s, interest %s in the book %s', l.number,
                  v.principal, s.principal, v.interest, s.interest)
      from lending_loan l
     cross join lateral (
           select case when l.disbursed_on is not null and l.loan_returned_at is null
                        and l.written_off_at is null
                       then l.principal - l.principal_repaid else 0 end as principal,
                  case when l.written_off_at is null
                       then l.interest_accrued - l.interest_paid else 0 end as interest) v
     cross join lateral (
           select coalesce(sum(n.amount) filter (where b.code = 'loan_principal'), 0) as principal,
                  coalesce(sum(n.amount) filter (where b.code = 'interest_receivable'), 0)
                      as interest
             from books_account b join posting_line n on n.account_id = b.id
            where b.org = l.lender and b.ref = l.deal::text
              and b.code in ('loan_principal', 'interest_receivable')) s
     where l.deal = any (changed)
       and (v.principal, v.interest) is distinct from (s.principal, s.interest)
     limit 1;

    return query
    select 'what a loan was paid is what the bank booked for it',
           format('%s: paid %s, booked %s', l.number, r.amounts, p.amounts)
      from lending_loan l
     cross join lateral (select coalesce(array_agg(amount order by amount), '{}') as amounts
                           from lending_repayment
                          where loan_id = l.id and paid_by <> 'MARGIN') r
     cross join lateral (select coalesce(array_agg(amount order by amount), '{}') as amounts
                           from bank_paymentinstruction
                          where deal = l.deal and purpose in ('REPAYMENT', 'REFUND', 'SALE')
                            and status = 'BOOKED') b
     cross join lateral (  -- with the money of buyers from outside, that the lender wrote down
           select coalesce(array_agg(amount order by amount), '{}') as amounts from (
                  select unnest(b.amounts) as amount
                  union all
                  select s.price from trade_sale s
                   where s.deal_id = l.deal and s.buyer is null and s.paid_at is not null) x) p
     where l.deal = any (changed) and r.amounts <> p.amounts limit 1;

    -- Pledges.
    return query
    select 'no more goods are released than what was paid has earned',
           format('%s: released %s (lines %s), fetched %s, earned %s', p.number, p.released_value,
                  v.released, v.fetched, e.earned)
      from pledges_pledge p join lending_loan l on l.id = p.loan
     cross join lateral (
           select case when l.status in ('REPAID', 'CLOSED') or p.given_to is not null
                         -- interest alone holds no goods back, in any mode
                         or l.principal_repaid >= l.principal
                       then p.pledged_value else sold.value + p.exchanged_value + case
                       when l.release_mode = 'DEPOSIT_FIRST'
                       then l.deposit + (select coalesce(sum(r.principal + r.margin), 0)
                                           from lending_repayment r
                                          where r.loan_id = l.id and r.paid_by = 'BORROWER')
                       else (p.pledged_value - p.exchanged_value) * l.principal_repaid
                            / l.principal end end as earned
             from (select coalesce((select sum(s.value) from trade_sale s
                                     where s.deal_id = p.deal and s.paid_at is not null), 0)
                          + coalesce((select sum((t.data ->> 'value')::bigint)
                                        from trade_dealstep t where t.deal_id = p.deal
                                         and t.step = 'RETURNED'), 0) as value) sold) e
     cross join lateral (
           select coalesce(sum(g.value), 0) as released,
                  coalesce(sum(g.value) filter (where o.status = 'PICKED_UP'), 0) as fetched
             from pledges_releaseorder o join pledges_releaseline g on g.release_id = o.id
            where o.pledge_id = p.id) v
     where p.deal = any (changed) and l.release_mode <> 'FLOOR'
       and (p.released_value > e.earned or v.released <> p.released_value
            or v.fetched > e.earned)
     limit 1;

    return query
    select 'goods that were sold and paid for left their pledge at their value, and no others',
           format('%s: %s worth %s left, sold %s worth %s', s.number, r.quantity, r.value,
                  s.quantity, s.value)
      from trade_sale s
      left join pledges_releaseorder r on r.deal = s.deal_id and r.key = s.number
     where s.deal_id = any (changed)
       and ((s.paid_at is not null) <> (r.id is not null)
            or (r.quantity, r.value) <> (s.quantity, s.value)) limit 1;

    return query
    select 'what is brought to a pledge came good, and what leaves for it is worth no more',
           format('%s: brought %s, came good %s, of it to exchange %s; left %s, released for it %s',
                  p.number, p.brought_value, came.value, came.swapped, p.exchanged_value, v.value)
      from pledges_pledge p join lending_loan l on l.id = p.loan
     cross join lateral (
           select coalesce(sum(r.good * n.unit_cost), 0) as value,
                  coalesce(sum(r.good * n.unit_cost) filter (where g.kind = 'SWAP'), 0) as swapped
             from trade_lodging g join trade_lodgingline n on n.lodging_id = g.id
             join transport_shipmentline s on s.shipment_id = g.shipment_id and s.order_line = n.id
             join warehousing_receivingline r on r.shipment_line = s.id
            where g.deal_id = p.deal) came
     cross join lateral (
           select coalesce(sum(r.value), 0) as value,
                  coalesce(bool_or(not exists (
                      select from trade_dealstep t where t.deal_id = p.deal and t.key = r.key
                         and t.step = 'EXCHANGED' and (t.data ->> 'comes')::bigint >= r.value)),
                      false) as is_odd
             from pledges_releaseorder r where r.pledge_id = p.id and r.is_exchanged) v
     where p.deal = any (changed) and l.release_mode <> 'FLOOR'
       and (p.brought_value <> came.value or p.exchanged_value <> v.value
            or v.value > came.swapped or v.is_odd) limit 1;

    return query
    select 'goods that are to be brought are set aside until they leave, and no longer',
           format('%s %s %s: %s held of %s', d.number, g.number, g.status, h.amount, n.quantity)
      from trade_lodging g join trade_deal d on d.id = g.deal_id
     cross join lateral (select sum(quantity) as quantity from trade_lodgingline
                          where lodging_id = g.id) n
     cross join lateral (select coalesce(sum(x.posted - x.amount), 0) as amount
                           from posting_hold x where x.subject = g.id and x.status = 'OPEN') h
     where g.deal_id = any (changed)
       and h.amount <> case when g.status in ('ASKED', 'ANNOUNCED') then n.quantity else 0 end
     limit 1;

    return query
    select 'what needs two persons was agreed to by another than who asked',
           format('%s %s', d.number, t.step)
      from trade_deal d join trade_dealstep t on t.deal_id = d.id
      join (values ('ENFORCED', 'enforce'), ('SALE_AGREED', 'sell'), ('WRITTEN_OFF', 'write-off'),
                   ('SIGNED', 'sign'), ('EXCHANGED', 'exchange')) m(step, act) on m.step = t.step
      left join lending_loan l on l.deal = d.id
     where d.id = any (changed) and d.lender is not null  -- a seller may give up alone
       and (m.act <> 'sign' or exists (
            select from approvals_approvalrule r where r.org = d.buyer and r.act = 'sign'
               and r.from_amount <= l.principal))
       and not exists (
            select from approvals_approval a join approvals_vote v on v.approval_id = a.id
             where a.subject = d.id and a.act = m.act and a.status = 'APPROVED'
               and v.agrees and v.person <> a.asked_by) limit 1;

    return query
    select 'what came after writing off is the claim that is gone, and income',
           format('%s: %s recovered, %s in the book, claim %s', l.number, l.recovered, v.income,
                  v.claim)
      from lending_loan l
     cross join lateral (
           select coalesce(-sum(n.amount) filter (where b.code = 'recovery_income'), 0) as income,
                  coalesce(sum(n.amount) filter (where b.code = 'claim_written_off'), 0) as claim
             from posting_journal j join posting_line n on n.journal_id = j.id
             join books_account b on b.id = n.account_id
            where j.subject = l.id and b.org = l.lender
              and b.code in ('recovery_income', 'claim_written_off')) v
     where l.deal = any (changed) and l.written_off_at is not null
       and (v.income, v.claim) is distinct from
           (l.recovered, l.principal - l.principal_repaid + l.interest_accrued - l.interest_paid
                         - l.recovered) limit 1;

    return query
    select 'goods of a repaid loan are free, or its lender is asked', p.number::text
      from pledges_pledge p join lending_loan l on l.id = p.loan
     where p.deal = any (changed) and l.status in ('REPAID', 'CLOSED')
       and p.released_quantity < p.pledged_quantity
       and not exists (select from approvals_approval a where a.subject = p.deal
                          and a.act = 'release' and a.status <> 'APPROVED') limit 1;

    return query
    select 'a row is under one live pledge, whole and good', r.id::text
      from stock_stockrow r
      left join pledges_pledgeline g on g.stock_row_id = r.id and g.is_live
     where r.pledge = any (pledges)
       and r.quantity > 0
     group by r.id
    having count(g.id) <> 1 or r.quality <> 'GOOD' or r.quantity <> sum(g.quantity - g.released)
     limit 1;

    return query
    select 'what is pledged was counted good', format('%s: pledged %s, good %s', p.number,
           p.pledged_quantity, v.good)
      from pledges_pledge p
     cross join lateral (
           select coalesce(sum(i.good), 0) as good from warehousing_receivingline i
             join warehousing_receiving c on c.id = i.receiving_id
             join transport_shipment s on s.id = c.shipment where s.deal = p.deal) v
     where p.deal = any (changed) and p.pledged_quantity > v.good limit 1;

    return query
    select 'the seller is asked back for what came short or damaged, or was not shipped by its day',
           format('%s: %s lost, %s asked', d.number, v.lost, a.asked)
      from trade_deal d
     cross join lateral (
           select coalesce(sum((i.damaged + i.missing + case when o.status <> 'CANCELLED'
                      and exists (select from trade_dealstep t where t.deal_id = d.id
                                     and t.step = 'NOT_SHIPPED') then i.cancelled else 0 end)
                      * i.unit_price), 0) as lost
             from ordering_orderline i join ordering_order o on o.id = i.order_id
            where i.order_id = d.order_id) v
     cross join lateral (  -- without those of an order called off, and those ordered once more
           select coalesce(sum(i.amount), 0) as asked from bank_paymentinstruction i
            where i.deal = d.id and i.purpose = 'REFUND' and i.key not in ('', 'buy-back')
              and not starts_with(i.key, 'return:') and position('+' in i.key) = 0) a
     where d.id = any (changed) and d.lender is not null and v.lost <> a.asked limit 1;

    return query
    select 'what a dealer paid too much is ordered back, all of it and once',
           format('%s: %s too much, %s ordered back', d.number, v.over, a.ordered)
      from trade_deal d join lending_loan l on l.deal = d.id
     cross join lateral (  -- with what it paid in beyond its deposit, or for nothing
           select coalesce(sum(y.unapplied), 0) + case when l.deposit_by = 'PAID_IN' then (
                      select coalesce(sum(c.amount), 0) from bank_incoming c
                       where c.org = l.lender and case c.status when 'SUSPENSE' then false
                             when 'RECALLED' then  -- settled by a person: what it paid stands
                                  c.reference = 'deposit ' || l.number
                                  and c.note not in ('', l.number)
                             else c.note = l.number end)
                  - case when l.deposit_booked_at is not null then l.deposit
                              + case l.instrument when 'ACCEPTANCE_BILL' then l.fee_paid else 0 end
                         when l.status = 'AWAIT_DEPOSIT' then l.unapplied else 0 end
                  else 0 end as over
             from lending_repayment y
            where y.loan_id = l.id and y.paid_by <> 'SELLER') v
     cross join lateral (  -- without those ordered once more
           select coalesce(sum(i.amount), 0) as ordered from bank_paymentinstruction i
            where i.deal = d.id and i.purpose = 'UNAPPLIED_BACK' and position('+' in i.key) = 0) a
     where d.id = any (changed) and v.over <> a.ordered limit 1;

    return query
    select 'a deal that is over leaves none of the dealer''s money with the lender',
           format('%s: %s too much, %s of the deposit', d.number, l.unapplied, l.deposit_back)
      from trade_deal d join lending_loan l on l.deal = d.id
     where d.id = any (changed) and d.outcome <> 'OPEN' and l.unapplied + l.deposit_back > 0
       and l.recovered = 0  -- what came too much after writing off is on its way back
       and not (l.deposit_by = 'PAID_IN' and exists (  -- so is what was paid in for nothing
                select from bank_paymentinstruction i where i.deal = d.id
                   and i.purpose = 'UNAPPLIED_BACK' and i.status <> 'BOOKED'))
     limit 1;

    return query
    select 'what no bank finances is owed for what came good, and for nothing else',
           format('%s %s: %s owed for %s, %s due back for %s', d.number, o.pay_by, s.owed, v.owed,
                  s.back, r.back)
      from trade_deal d join ordering_order o on o.id = d.order_id
     cross join lateral (
           select coalesce(sum((t.data ->> 'refund')::bigint)
                           filter (where t.step in ('RECEIPT_DIFFERS', 'STRUCK', 'RETURNED')), 0)
                  - coalesce(sum((t.data ->> 'amount')::bigint)
                             filter (where t.step = 'REFUNDED'), 0)
                  + coalesce(sum((t.data ->> 'amount')::bigint)
                             filter (where t.step = 'REFUND_TAKEN_BACK'), 0) as back,
                  coalesce(sum((t.data ->> 'refund')::bigint)
                           filter (where t.step in ('RECEIPT_DIFFERS', 'RETURNED')), 0)
                  - coalesce(sum((t.data ->> 'value')::bigint)
                             filter (where t.step = 'RETURNED'), 0)
                  - coalesce(sum((t.data ->> 'amount')::bigint)
                             filter (where t.step = 'TERMS_CREDITED'), 0)
                  + coalesce(sum((t.data ->> 'amount')::bigint)
                             filter (where t.step = 'TERMS_TAKEN_BACK'), 0)
                  - coalesce(sum((t.data ->> 'amount')::bigint)
                             filter (where t.step = 'TERMS_PAID'), 0) as not_owed
             from trade_dealstep t
            where t.deal_id = d.id) r
     cross join lateral (
           select coalesce(sum((i.shipped - i.damaged - i.missing) * i.unit_price)
                           filter (where o.pay_by = 'TERMS'), 0)
                  + case o.pay_by when 'TERMS' then r.not_owed else 0 end
                  - (select coalesce(sum(a.discount - a.lapsed), 0) from terms_allocation a
                       join terms_invoice t on t.id = a.invoice_id
                      where t.order_id = o.id and a.undone_at is null)
                  - (select coalesce(sum(t.written_off), 0) from terms_invoice t
                      where t.order_id = o.id) as owed
             from ordering_orderline i where i.order_id = o.id) v
     cross join lateral (
           select (select coalesce(sum(i.amount - i.paid - i.credited - i.discounted
                                       - i.written_off), 0)
                     from terms_invoice i where i.order_id = o.id) as owed,
                  coalesce(-sum(n.amount), 0) as back
             from posting_journal j join posting_line n on n.journal_id = j.id
             join books_account b on b.id = n.account_id
            where j.subject = o.id and b.org = o.seller and b.code = 'refund_payable') s
     where d.id = any (changed) and d.lender is null
       and (s.back <> r.back or s.owed <> v.owed) limit 1;

    return query
    select 'what a seller gave up is its claim beside the books',
           format('%s: %s given up, claim %s', d.number, i.given_up, v.claim)
      from trade_deal d
     cross join lateral (
           select coalesce(sum(t.written_off), 0) as given_up
             from terms_invoice t where t.order_id = d.order_id) i
     cross join lateral (
           select coalesce(sum(n.amount), 0) as claim
             from posting_journal j join posting_line n on n.journal_id = j.id
             join books_account b on b.id = n.account_id
            where j.subject = d.order_id and b.org = d.seller and b.code = 'claim_written_off') v
     where d.id = any (changed) and d.lender is null and i.given_up <> v.claim limit 1;

    -- Payments.
    return query
    select 'money goes only where its purpose sends it',
           format('%s %s from %s to %s', i.number, i.purpose, i.from_number, i.to_number)
      from bank_paymentinstruction i join trade_deal d on d.id = i.deal
      join bank_bankaccount f on f.id = i.from_account_id
      join bank_bankaccount t on t.id = i.to_account_id
     where i.id = any (payments)
       and (i.from_number, i.to_number) is distinct from (f.number, t.number)
        or i.id = any (payments) and not coalesce(case i.purpose
           when 'DEPOSIT' then (f.org, f.kind, t.org, t.kind) =
                (d.buyer, 'CURRENT', d.lender, 'NOSTRO')
           when 'DISBURSEMENT' then (f.org, f.kind, t.org, t.kind) =
                (d.lender, 'NOSTRO', d.buyer, 'SUPERVISED')
           when 'OWN_SHARE' then (f.org, f.kind, t.org, t.kind) =
                (d.lender, 'NOSTRO', d.buyer, 'SUPERVISED')
           when 'PAY_OUT' then (f.org, f.kind, t.org, t.kind) =
                (d.lender, 'NOSTRO', d.buyer, 'CURRENT')
           when 'SELLER_PAYMENT' then (f.org, f.kind, t.org, t.kind) =
                (d.buyer, 'SUPERVISED', d.seller, 'CURRENT')
           when 'BILL_PAYMENT' then (f.org, f.kind, t.org, t.kind) =
                (d.lender, 'NOSTRO', d.seller, 'CURRENT')
           when 'REPAYMENT' then (f.org, f.kind, t.org, t.kind) =
                (d.buyer, 'CURRENT', d.lender, 'NOSTRO')
           when 'REFUND' then (f.org, f.kind, t.org, t.kind) =
                (d.seller, 'CURRENT', d.lender, 'NOSTRO')
           when 'RETURN' then (f.org, f.kind, t.org, t.kind) =
                (d.seller, 'CURRENT', d.buyer, 'CURRENT')
           when 'SALE' then (f.kind, t.org, t.kind) = ('CURRENT', d.lender, 'NOSTRO')
                and f.org = (select s.buyer from trade_sale s
                              where s.deal_id = d.id and s.number = split_part(i.key, ':', 1))
           when 'LOAN_BACK' then (f.org, f.kind, t.org, t.kind) =
                (d.buyer, 'SUPERVISED', d.lender, 'NOSTRO')
           when 'UNAPPLIED_BACK' then (f.org, f.kind, t.org, t.kind) =
                (d.lender, 'NOSTRO', d.buyer, 'CURRENT')
           when 'DEPOSIT_BACK' then (t.org, t.kind) = (d.buyer, 'CURRENT')
                and ((f.org, f.kind) = (d.buyer, 'SUPERVISED')
                     or (f.org, f.kind) = (d.lender, 'NOSTRO')) end, false)
     limit 1;

    return query
    select 'we know of a payment what the bank knows',
           format('%s %s %s: the bank says %s', i.number, i.purpose, i.status,
                  case when b.id is null then 'nothing' when b.is_booked then 'booked'
                       else 'rejected' end)
      from bank_paymentinstruction i left join sandbox_order b on b.id = i.id
     where i.id = any (payments)
       and (i.status = 'BOOKED' and b.is_booked is not true
            or i.status = 'REJECTED' and b.is_booked is not false
            or b.id is not null and (b.amount, b.purpose::text) is distinct from
                                    (i.amount, i.purpose::text))
     limit 1;

    return query
    select 'a payment is booked once, between its two accounts', i.number::text
      from bank_paymentinstruction i join sandbox_order b on b.id = i.id and b.is_booked
     cross join lateral (
           select count(*) as n, count(*) filter (
                      where e.account_id = i.from_number and e.amount = -i.amount
                         or e.account_id = i.to_number and e.amount = i.amount) as fits
             from sandbox_entry e where e.reference = i.id::text) v
     where i.id = any (payments) and (v.n, v.fits) is distinct from (2::bigint, 2::bigint)
     limit 1;

    return query
    select 'supervised money of a deal is in the book as it is at the bank',
           format('%s: %s at the bank, %s in the book', d.number, v.there, s.amount)
      from trade_deal d
     cross join lateral (
           select coalesce(sum(i.amount) filter (where t.kind = 'SUPERVISED'), 0)
                  - coalesce(sum(i.amount) filter (where f.kind = 'SUPERVISED'), 0) as there
             from bank_paymentinstruction i
             join bank_bankaccount f on f.id = i.from_account_id
             join bank_bankaccount t on t.id = i.to_account_id
            where i.deal = d.id and i.status = 'BOOKED') v
     cross join lateral (
           select coalesce(sum(n.amount), 0) as amount
             from books_account b join posting_line n on n.account_id = b.id
            where b.org = d.buyer and b.ref = d.id::text and b.code = 'cash_supervised') s
     where d.id = any (changed) and v.there <> s.amount limit 1;

    return query
    select 'nothing is sent from a frozen account', format('%s %s: %s', i.number, i.purpose, f.number)
      from bank_paymentinstruction i join bank_freeze f on f.account_id = i.from_account_id
     where i.id = any (payments) and i.sent_at > f.frozen_at
       and (f.lifted_at is null or i.sent_at < f.lifted_at) limit 1;

    -- The registry.
    return query
    select 'no loan is paid out unsearched, or against a claim that nobody has accepted',
           d.number::text
      from trade_deal d
      join bank_paymentinstruction i on i.deal = d.id and i.purpose in ('DISBURSEMENT', 'PAY_OUT')
     where d.id = any (changed) and not exists (
           select from registry_filing f
            where f.deal = d.id and f.kind = 'SEARCH' and f.status = 'ANSWERED'
              and (f.against = 0 or exists (
                   select from trade_dealstep t where t.deal_id = d.id
                      and t.step = 'CONFLICT_ACCEPTED' and t.key = f.id::text)))
     limit 1;

    return query
    select 'a deal that is over has its registration struck off, or that is on its way',
           format('%s: %s', d.number, r.number)
      from trade_deal d join registry_registration r on r.deal = d.id
     where d.id = any (changed) and d.outcome <> 'OPEN' and r.discharged_at is null
       and not exists (select from registry_filing f
                        where f.registration_id = r.id and f.kind = 'DISCHARGE')
     limit 1;

    return query
    select 'the register says of our claims what we say, once it has answered',
           format('%s: %s', d.number, r.number)
      from trade_deal d join registry_registration r on r.deal = d.id
      left join registry_sandbox_registerentry e on e.number = r.number
     where d.id = any (changed)
       and (e.expires_on, e.discharged_at is null) is distinct from
           (r.expires_on, r.discharged_at is null)
       and not exists (select from registry_filing f where f.deal = d.id
                          and f.status in ('WRITTEN', 'SENT', 'UNKNOWN'))
     limit 1;

    -- Quotes.
    return query
    select 'an order of a quote pays exactly its prices', format('%s: %s', q.number, o.number)
      from trade_deal d join ordering_order o on o.id = d.order_id
      join quotes_quote q on q.order_id = o.id
     cross join lateral (
           select string_agg(format('%s×%s at %s', l.quantity, l.sku_id, l.unit_price), ', '
                             order by l.sku_id) as lines
             from quotes_quoteversion v join quotes_quoteline l on l.version_id = v.id
            where v.of_id = q.id and v.by_seller and not l.is_struck
              and v.number = (select max(number) from quotes_quoteversion where of_id = q.id)) said
     cross join lateral (
           select string_agg(format('%s×%s at %s', i.quantity, i.sku_id, i.unit_price), ', '
                             order by i.sku_id) as lines
             from ordering_orderline i where i.order_id = o.id) got
     where d.id = any (changed)
       and (q.status <> 'ACCEPTED' or q.ended_at >= q.runs_out_at
            or q.ended_at <> o.placed_at or said.lines is distinct from got.lines) limit 1;

    -- What is remembered.
    return query
    select 'each booked payment led on once',
           format('%s %s: %s booked, %s steps', d.number, m.step, v.booked, s.done)
      from trade_deal d
     cross join (values ('DEPOSIT_BOOKED', array['DEPOSIT']), ('DISBURSED', array['DISBURSEMENT']),
                        ('PAID_OUT', array['PAY_OUT']),
                        ('OWN_SHARE_MOVED', array['OWN_SHARE']),
                        ('SELLER_PAID', array['SELLER_PAYMENT']), ('REPAID', array['REPAYMENT']),
                        ('BILL_PAID', array['BILL_PAYMENT']), ('REFUNDED', array['REFUND', 'LOAN_BACK']),
                        ('DEPOSIT_RETURNED', array['DEPOSIT_BACK']),
                        ('UNAPPLIED_RETURNED', array['UNAPPLIED_BACK'])) m(step, purposes)
     cross join lateral (select count(*) as booked from bank_paymentinstruction i
                          where i.deal = d.id and i.status = 'BOOKED'
                            and i.purpose = any (m.purposes)) v
     cross join lateral (select count(*) as done from trade_dealstep t
                          where t.deal_id = d.id
                            and (t.step = m.step or m.step = 'REPAID' and t.step = 'RECOVERED')) s
     where d.id = any (changed) and v.booked <> s.done
       and d.lender is not null  -- what buyer and seller settle between them no bank of ours books
       and not (m.step = 'DEPOSIT_BOOKED' and s.done <= 1 and exists (
                select from lending_loan l where l.deal = d.id and l.deposit_by = 'PAID_IN'))
     limit 1;

    return query
    select 'a fact is told once', format('%s of %s', f.name, f.subject)
      from events_fact f
     where f.name in ('commerce.order-placed', 'commerce.order-confirmed',
                      'commerce.order-cancelled', 'commerce.order-completed',
                      'capital.deposit-booked', 'capital.loan-disbursed', 'capital.seller-paid',
                      'capital.loan-signed', 'capital.loan-closed', 'capital.loan-cancelled',
                      'capital.loan-expired', 'capital.loan-overdue')
       and f.subject = any (loans || orders)
     group by f.name, f.subject having count(*) > 1 limit 1;

    return query
    select 'a notice answers a payment once', n.instruction::text from bank_banknotice n
     where n.status = 'APPLIED'
       and n.instruction = any (payments)
     group by n.instruction having count(*) > 1 limit 1;

    return query
    select 'a code opens the gate once', a.release_id::text from pledges_codeattempt a
     where a.outcome = 'GO' and a.release_id in (
           select id from pledges_releaseorder where deal = any (changed))
     group by a.release_id having count(*) > 1 limit 1;
end $$;
