-- The rows a credit file is made from, as they stood at a moment: one row of lists. Trade with
-- others than `shop` is told only where the borrower disclosed it to the lender; `back_to` bounds
-- orders and bills. Runs as whoever asks, under the row policies.
create or replace function credit_file_gather(
    who uuid, bank uuid, shop uuid, moment timestamptz, today date, back_to timestamptz,
    out is_active boolean, out since date, out is_disclosed boolean, out granted bigint,
    out order_numbers text[], out order_sellers uuid[], out orders_placed timestamptz[],
    out order_totals bigint[], out orders_completed boolean[], out orders_lost bigint[],
    out bill_numbers text[], out bills_due date[], out bills_paid date[], out bill_amounts bigint[],
    out loan_numbers text[], out loans_disbursed date[], out loans_due date[],
    out loans_grace int[], out loan_principals bigint[], out loans_repaid bigint[],
    out loans_paid_off date[],
    out payment_loans text[], out payment_days date[], out payment_amounts bigint[])
language plpgsql stable set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    says_all boolean;
begin
    -- Who the borrower is to the seller and the lender.
    select o.is_active,
           (select min(t.since) from parties_tradingrelationship t
             where t.buyer = o.id and (shop is null or t.seller = shop)
               and t.status = 'ACTIVE' and t.since <= today),
           exists (select from consent_disclosure d
                    where d.of = o.id and d.to = bank and d.purpose = 'CREDIT'
                      and d.consented_at <= moment and d.until > moment
                      and (d.withdrawn_at is null or d.withdrawn_at > moment)),
           (select (f.payload ->> 'limit')::bigint
              from credit_facility c
              join events_fact f on f.subject = c.id and f.name = 'capital.facility-granted'
             where c.borrower = o.id and c.lender = bank
               and (shop is null or c.seller = shop) and f.at <= moment
             order by f.number desc limit 1)
      into is_active, since, is_disclosed, granted
      from parties_organization o where o.id = who;
    says_all := coalesce(is_disclosed, false);

    -- What was cancelled by then is out; what was lost is known once the order was completed.
    with seen as (
        select o.id, o.number, o.seller, o.placed_at, o.total, o.completed_at <= moment as is_done,
               (select sum((n.damaged + n.missing) * n.unit_price)::bigint
                  from ordering_orderline n
                 where n.order_id = o.id and o.completed_at <= moment) as lost
          from ordering_order o
         where o.buyer = who and o.currency = 'CNY' and (says_all or o.seller = shop)
           and o.placed_at > back_to and o.placed_at <= moment
           and (o.cancelled_at is null or o.cancelled_at > moment)
         order by o.placed_at, o.id)
    select array_agg(number), array_agg(seller), array_agg(placed_at), array_agg(total),
           array_agg(coalesce(is_done, false)), array_agg(coalesce(lost, 0))
      into order_numbers, order_sellers, orders_placed, order_totals, orders_completed, orders_lost
      from seen;

    with seen as (
        select p.order_number, p.due_on, p.paid_on, p.amount
          from credit_file_paymentexperience p
         where p.buyer = who and (says_all or p.seller = shop)
           and p.due_on > back_to::date and p.noted_at <= moment and p.paid_on <= today
         order by p.paid_on, p.id)
    select array_agg(order_number), array_agg(due_on), array_agg(paid_on), array_agg(amount)
      into bill_numbers, bills_due, bills_paid, bill_amounts from seen;

    -- Paid off on the value day of the payment after which nothing was owed.
    with seen as (
        select l.*, coalesce(r.principal, 0)::bigint as paid,
               case when l.repaid_at <= moment then r.effective end as paid_off_on
          from lending_loan l
          left join lateral (
               select sum(r.principal) as principal, max(r.effective) as effective
                 from lending_repayment r where r.loan_id = l.id and r.at <= moment) r on true
         where l.borrower = who and l.lender = bank and l.disbursed_at <= moment
           and (l.loan_returned_at is null or l.loan_returned_at > moment)
           and (l.seller_refunded_at is null or l.seller_refunded_at > moment)
         order by l.disbursed_on, l.id)
    select array_agg(number), array_agg(disbursed_on), array_agg(due_on), array_agg(grace_days),
           array_agg(principal), array_agg(paid), array_agg(paid_off_on)
      into loan_numbers, loans_disbursed, loans_due, loans_grace, loan_principals, loans_repaid,
           loans_paid_off
      from seen;

    if loan_numbers is not null then
        select array_agg(l.number order by r.effective, r.id),
               array_agg(r.effective order by r.effective, r.id),
               array_agg(r.amount order by r.effective, r.id)
          into payment_loans, payment_days, payment_amounts
          from lending_loan l join lending_repayment r on r.loan_id = l.id
         where l.number = any (loan_numbers) and r.at <= moment and r.paid_by = 'BORROWER';
    end if;
end $$;
