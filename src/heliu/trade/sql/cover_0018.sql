-- As it was until loans rested on stock; `cover.sql` took its place.

-- Debt as per cent of the goods that secure it, to one place; null when nothing does.
create or replace function trade_loan_to_value(debt numeric, value numeric) returns numeric
language sql immutable parallel safe as $$ select round(debt * 100 / nullif(value, 0), 1) $$;

-- How the goods still bound by each pledge cover its debt, less the margin the lender keeps, in fen.
-- It asks as whoever asks, so who may not see the loan reads the goods beside no debt.
create or replace view trade_cover with (security_invoker = true) as
select p.id as pledge_id,
       p.pledged_quantity - p.released_quantity as quantity,
       p.released_quantity - p.picked_up_quantity as ready,
       (coalesce(p.activated_at, p.agreed_at) at time zone 'Asia/Shanghai')::date as since,
       goods.value,
       loan.debt,
       trade_loan_to_value(loan.debt, goods.value) as percent,
       loan.agreed * 100 as agreed,
       -- What is lost in rounding a deposit is no shortfall.
       case when short.amount >= 100 then short.amount else 0 end as gap
  from pledges_pledge p
 cross join lateral (select p.pledged_value - p.released_value as value) goods
  left join lateral (
       -- Goods that come free for the deposit leave goods worth the debt.
       select case l.release_mode when 'DEPOSIT_FIRST' then 1
                                  else 1 - l.deposit_ratio end as agreed,
              case when coalesce(l.disbursed_on, l.accepted_on) is not null
                    and l.loan_returned_at is null and l.status <> 'WRITTEN_OFF'
                   then greatest(l.principal - l.principal_repaid - l.margin, 0)
                   else 0 end as debt  -- `exposure`
         from lending_loan l where l.deal = p.deal) loan on true
 cross join lateral (
       select loan.debt - floor(goods.value * loan.agreed)::bigint as amount) short;
