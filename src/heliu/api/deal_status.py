"""Where a deal stands and whom it waits for, read off the documents its reader may see. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

# The loan says where a deal stands until the seller has its money; then goods do.
MONEY_IS_THERE = ("SELLER_PAID", "REPAID", "CLOSED")
BINDING = ("ACTIVE", "PARTLY_RELEASED", "RELEASED")


class Next(NamedTuple):
    """The act a deal waits for, and which side does it."""

    act: str
    by: str


NEXT = {
    # the loan
    "REFERRED": Next("decide", "lender"),
    "QUOTED": Next("sign", "buyer"),
    "AWAIT_DEPOSIT": Next("pay", "bank"),
    "FUNDED_SHARE": Next("pay", "bank"),
    "DISBURSING": Next("pay", "bank"),
    "DISBURSED": Next("pay", "bank"),
    "PAYING_SELLER": Next("pay", "bank"),
    "BANK_REJECTED": Next("return-money", "bank"),
    "UNWINDING": Next("return-money", "bank"),
    "OVERDUE": Next("repay", "buyer"),
    # the order
    "PLACED": Next("confirm", "seller"),
    "CONFIRMED": Next("ship", "seller"),
    "PART_SHIPPED": Next("ship", "seller"),
    "SHIPPED": Next("receive", "custodian"),
    # the pledge
    "PROPOSED": Next("ship", "seller"),
    "ACTIVE": Next("repay", "buyer"),
    "PARTLY_RELEASED": Next("repay", "buyer"),
    "RELEASED": Next("pick-up", "buyer"),
}


def status_of(deal: Any, order: Any, loan: Any, pledge: Any) -> str:
    """The state of whichever document leads; documents the reader may not see are None."""
    if deal.outcome != "OPEN":
        return str(deal.outcome)
    if loan is not None and loan.status not in MONEY_IS_THERE:
        return str(loan.status)
    if pledge is not None and pledge.status in BINDING:
        return str(pledge.status)
    leading = order if order is not None else pledge
    return str(leading.status) if leading is not None else "OPEN"


def next_of(deal: Any, order: Any, loan: Any, pledge: Any) -> Next | None:
    """What has to be done next, or None when nothing has."""
    status = status_of(deal, order, loan, pledge)
    is_financed_unseen = order is not None and order.pay_by == "FINANCE" and loan is None
    if status == "PLACED" and is_financed_unseen:
        return Next("pay", "bank")  # a seller does not see the loan its order waits for
    return NEXT.get(status)
