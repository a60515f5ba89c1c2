"""What must be true when everything that can finish has finished: nothing is left hanging."""

from __future__ import annotations

from heliu_world.judge import Broken
from heliu_world.world import World

AT_REST = {
    "every deal has ended": "select concat_ws(' ', d.number, o.pay_by, o.status, l.status,"
    " 'pledge', p.status, (select array_agg(concat_ws(' ', step, at) order by t.id)"
    " from trade_dealstep t where t.deal_id = d.id))"
    " from trade_deal d left join ordering_order o on o.id = d.order_id"
    " left join lending_loan l on l.deal = d.id left join pledges_pledge p on p.deal = d.id"
    " where d.outcome = 'OPEN'",
    "no sale waits for its money": "select number from trade_sale"
    " where agreed_at is not null and paid_at is null and called_off_at is null",
    "no money lies in suspense": "select id from bank_incoming where status = 'SUSPENSE'",
    "nothing is missing that the bank took back": "select id from bank_incoming"
    " where recalled_at is not null and status <> 'RECALLED'",
    "nobody waits for a yes": "select number from spending_purchaserequest"
    " where status in ('WAITING', 'AGREED')",
    "no margin call stands": "select number from trade_margincall"
    " where status in ('OPEN', 'LAPSED')",
    "no payment is on its way": "select number from bank_paymentinstruction"
    " where status in ('CREATED', 'SENT', 'UNKNOWN')",
    "no account is frozen any more": "select number from bank_freeze"
    " where frozen_at is not null and lifted_at is null",
    "no filing waits": "select id from registry_filing"
    " where status in ('WRITTEN', 'SENT', 'UNKNOWN')",
    "no VAT invoice waits": "select id from vat_vatinvoice where status <> 'ISSUED'",
    "no goods are to be brought any more": "select d.number from trade_lodging g"
    " join trade_deal d on d.id = g.deal_id where g.status in ('ASKED', 'ANNOUNCED', 'SENT')",
    "no change and no return waits": "select o.number from ordering_orderchange c"
    " join ordering_order o on o.id = c.order_id where c.status in ('HOUSE', 'SELLER')"
    " union all select r.number from returns_return r"
    " where status not in ('SETTLED', 'REFUSED', 'WITHDRAWN')",
    "what is invoiced with VAT of a consignment is what came good of it": "select v.number"
    " from vat_vatinvoice v join trade_deal d on d.order_id = v.order_id"
    " cross join lateral (select sum(l.gross - l.red_gross) as gross from vat_vatline l"
    " where l.invoice_id = v.id) i"
    " cross join lateral (select sum((n.quantity - coalesce(c.damaged + c.missing, 0))"
    " * o.unit_price) as value from transport_shipmentline n"
    " join ordering_orderline o on o.id = n.order_line"
    " left join warehousing_receivingline c on c.shipment_line = n.id"
    " where n.shipment_id::text = v.key) g"
    " where v.red_of_id is null and not exists (select from trade_dealstep t where"
    " t.deal_id = d.id and t.step in ('RETURNED', 'TERMS_CREDITED')) and i.gross <> g.value",
    "nothing is registered any more": "select number from registry_registration"
    " where discharged_at is null union all select e.number"
    " from registry_sandbox_registerentry e join parties_organization o"
    " on o.id::text = e.secured where e.discharged_at is null",
    "no notice waits": "select id from bank_banknotice where status = 'WAITING'",
    "nothing is held any more": "select concat_ws(' ', k.key, h.amount, h.posted, o.number,"
    " o.status, o.pay_by) from posting_hold h join posting_account k on k.id = h.account_id"
    " left join ordering_order o on o.id = h.subject where h.status = 'OPEN'",
    "no limit is used": "select b.ref from books_account b join posting_line l"
    " on l.account_id = b.id where b.code = 'limit_used' group by b.ref having sum(l.amount) <> 0",
    "no supervised money lies anywhere": "select a.number from sandbox_account a"
    " join bank_bankaccount b on b.number = a.number"
    " where b.kind = 'SUPERVISED' and a.balance <> 0",
    "no money of a dealer is kept": "select number from lending_loan"
    " where deposit_back <> 0 or unapplied <> 0",
    "nothing is pledged": "select id from stock_stockrow where pledge is not null and quantity > 0",
    "nothing is on the road": "select number from transport_shipment where status <> 'RECEIVED'",
    "no ended loan is owed": "select number from lending_loan where status in"
    " ('CLOSED', 'CANCELLED') and disbursed_on is not null and loan_returned_at is null"
    " and principal <> principal_repaid",
    "nobody owes without a bank; what was paid too much is kept": "select"
    " o.code || ' of ' || b.other::text"
    " from books_account b join parties_organization o on o.id = b.org"
    " cross join lateral (select coalesce(sum(l.amount), 0) as amount from posting_line l"
    " where l.account_id = b.id) s"
    " cross join lateral (select coalesce(sum(p.amount - p.allocated), 0) as amount"
    " from terms_payment p where p.taken_back_at is null"
    " and case b.code when 'receivable' then p.seller = b.org and p.buyer = b.other"
    " else p.buyer = b.org and p.seller = b.other end) k"
    " where b.code in ('receivable', 'payable')"
    " and s.amount <> case b.code when 'receivable' then -k.amount else k.amount end",
    "nothing of a financed deal stands in the books any more": "select b.code || ' of ' || d.number"
    " from trade_deal d join books_account b on b.ref = d.id::text"
    " join posting_line l on l.account_id = b.id where b.code in ('refund_due', 'liab_margin',"
    " 'cash_supervised', 'prepayment', 'in_transit_pledged', 'inventory_pledged', 'collateral',"
    " 'loan_principal', 'interest_receivable', 'unapplied')"
    " group by b.id, d.number having sum(l.amount) <> 0",
}


def require_rest(world: World) -> None:
    """Raises `Broken` for the first thing that hangs."""
    for law, sql in AT_REST.items():
        for row in world.ask(f"{sql} order by 1 limit 1"):
            raise Broken(law, str(next(iter(row.values()))))
