"""Where a deal stands and what it waits for, read off its documents. Pure.

A document that its reader may not see is None, so the same deal can stand elsewhere for another
side: a seller does not see the loan its order waits for.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from heliu.capital.lending.models import Loan, LoanStatus
from heliu.commerce.ordering.models import Order, OrderStatus, PayBy
from heliu.logistics.pledges.models import Pledge, PledgeStatus
from heliu.trade.models import Deal, Outcome

# The loan says where a deal stands until the seller has its money; then the goods do. Late
# repayment comes before goods.
MONEY_IS_THERE = (LoanStatus.SELLER_PAID, LoanStatus.REPAID, LoanStatus.CLOSED)
BINDING = (PledgeStatus.ACTIVE, PledgeStatus.PARTLY_RELEASED, PledgeStatus.RELEASED)


class Next(NamedTuple):
    """The act a deal waits for, and the side that does it; `bank` when it goes by itself."""

    act: str
    by: str


BANK_PAYS = Next("pay", "bank")
PAY_IN = Next("pay-in", "buyer")

NEXT: dict[str, Next] = {
    LoanStatus.REFERRED: Next("decide", "lender"),
    LoanStatus.QUOTED: Next("sign", "buyer"),
    LoanStatus.DECLINED: Next("cancel", "bank"),
    LoanStatus.EXPIRED: Next("cancel", "bank"),
    LoanStatus.AWAIT_DEPOSIT: BANK_PAYS,
    LoanStatus.FUNDED_SHARE: BANK_PAYS,
    LoanStatus.DISBURSING: BANK_PAYS,
    LoanStatus.DISBURSED: BANK_PAYS,
    LoanStatus.PAYING_SELLER: BANK_PAYS,
    LoanStatus.BANK_REJECTED: Next("return-money", "bank"),
    LoanStatus.UNWINDING: Next("return-money", "bank"),
    LoanStatus.OVERDUE: Next("repay", "buyer"),
    LoanStatus.ENFORCING: Next("enforce", "lender"),
    OrderStatus.PLACED: Next("confirm", "seller"),
    OrderStatus.CONFIRMED: Next("ship", "seller"),
    OrderStatus.PART_SHIPPED: Next("ship", "seller"),
    OrderStatus.SHIPPED: Next("receive", "custodian"),
    PledgeStatus.PROPOSED: Next("ship", "seller"),
    PledgeStatus.ACTIVE: Next("repay", "buyer"),
    PledgeStatus.PARTLY_RELEASED: Next("repay", "buyer"),
    PledgeStatus.RELEASED: Next("pick-up", "buyer"),
}


def leading(
    deal: Deal, order: Order | None, loan: Loan | None, pledge: Pledge | None
) -> Order | Loan | Pledge | None:
    """The document that says where the deal stands; None once the deal is over."""
    if deal.outcome != Outcome.OPEN:
        return None
    if loan is not None and loan.status not in MONEY_IS_THERE:
        return loan
    if pledge is not None and pledge.status in BINDING:
        return pledge
    return order if order is not None else pledge


def status_of(deal: Deal, order: Order | None, loan: Loan | None, pledge: Pledge | None) -> str:
    """The status of the document that leads, else the outcome of the deal."""
    document = leading(deal, order, loan, pledge)
    return str(document.status if document is not None else deal.outcome)


def next_of(
    deal: Deal, order: Order | None, loan: Loan | None, pledge: Pledge | None
) -> Next | None:
    """What has to be done next, or None when nothing has."""
    status = status_of(deal, order, loan, pledge)
    if status == OrderStatus.PLACED and order is not None and order.pay_by == PayBy.FINANCE:
        return BANK_PAYS  # only who does not see the loan comes here: it leads for the others
    if status == LoanStatus.AWAIT_DEPOSIT and loan is not None and loan.deposit_until:
        return PAY_IN
    if leading(deal, order, loan, pledge) is pledge and pledge is not None and pledge.is_short:
        return Next("refund", "seller")
    if status == PledgeStatus.RELEASED and pledge is not None and pledge.given_to:
        return Next("pick-up", _side_of(pledge.given_to, deal))
    return NEXT.get(status)


def _side_of(taker: UUID, deal: Deal) -> str:
    """Who fetches goods of a dealer in default; a buyer who is no party goes by itself."""
    return {deal.seller: "seller", deal.lender: "lender"}.get(taker, "bank")
