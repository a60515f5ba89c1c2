"""A deal's state, how far it is and what comes next, read off its documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliu.portal.deal.sides import Side

State = tuple[str, str]

RUNNING = "SELLER_PAID"

# How far along the stream glyph: payment at 0.30, pledge at 0.55, release at 0.80, close at 1.
LOAN_PROGRESS = {
    "REFERRED": 0.10,
    "QUOTED": 0.12,
    "AWAIT_DEPOSIT": 0.16,
    "FUNDED_SHARE": 0.20,
    "DISBURSING": 0.22,
    "DISBURSED": 0.26,
    "PAYING_SELLER": 0.28,
}
ORDER_PROGRESS = {
    "PLACED": 0.06,
    "CONFIRMED": 0.32,
    "PART_SHIPPED": 0.42,
    "SHIPPED": 0.48,
    "RECEIVED": 0.56,
    "COMPLETED": 1.0,
}

# Whom the deal waits for, in the words of each side; "" is everybody else.
WAITS: Mapping[str, Mapping[Side | str, str]] = {
    "REFERRED": {"lender": N_("Decide on the loan"), "": N_("The bank decides")},
    "QUOTED": {"buyer": N_("Sign the agreement"), "": N_("The buyer signs")},
    "AWAIT_DEPOSIT": {"": N_("The bank takes the deposit")},
    "FUNDED_SHARE": {"": N_("The bank pays out")},
    "DISBURSING": {"": N_("The bank pays out")},
    "DISBURSED": {"": N_("The seller is paid")},
    "PAYING_SELLER": {"": N_("The seller is paid")},
    "BANK_REJECTED": {"": N_("The bank rejected a payment; what moved is taken back")},
    "UNWINDING": {"": N_("Money goes back where it came from")},
    "OVERDUE": {"buyer": N_("Repay now: the loan is overdue"), "": N_("The buyer is late")},
    "EXPIRED": {"": N_("The offer has expired; the order is taken back")},
    "DECLINED": {"": N_("The bank declined; the order is taken back")},
    "PLACED": {"seller": N_("Confirm the order"), "": N_("The seller confirms")},
    "CONFIRMED": {"seller": N_("Ship the goods"), "": N_("The seller ships")},
    "PART_SHIPPED": {"seller": N_("Ship the rest"), "": N_("The seller ships the rest")},
    "SHIPPED": {"custodian": N_("Count the goods in"), "": N_("The goods are counted in")},
    "PROPOSED": {"": N_("The goods are to come")},
    "ACTIVE": {"buyer": N_("Repay to free the goods"), "": N_("The buyer repays")},
    "PARTLY_RELEASED": {"buyer": N_("Repay to free the rest"), "": N_("The buyer repays the rest")},
    "RELEASED": {"buyer": N_("Pick up the goods"), "": N_("The buyer picks up")},
}


def leading(deal: Any, order: Any, loan: Any, pledge: Any) -> tuple[Any, str]:
    """The document that says where the deal stands, and its status."""
    if loan is not None and loan.status != RUNNING and loan.status not in ("REPAID", "CLOSED"):
        return loan, loan.status
    if pledge is not None and pledge.status in ("ACTIVE", "PARTLY_RELEASED", "RELEASED"):
        return pledge, pledge.status
    if order is not None:
        return order, order.status
    return (pledge, pledge.status) if pledge is not None else (None, "")


def state_of(deal: Any, order: Any, loan: Any, pledge: Any) -> State:
    """The words and the tone of the pill."""
    if deal.outcome != "OPEN":
        return str(deal.get_outcome_display()), "quiet"
    document, _status = leading(deal, order, loan, pledge)
    if document is None:
        return str(deal.get_outcome_display()), "open"
    return str(document.get_status_display()), str(document.tone)


def next_step(side: Side, deal: Any, order: Any, loan: Any, pledge: Any) -> str:
    """What comes next, in the words of the side that reads; '' when it is over."""
    if deal.outcome != "OPEN":
        return ""
    _document, status = leading(deal, order, loan, pledge)
    if status == "PLACED" and order.pay_by == "FINANCE":
        # Only the seller comes here: it does not see the loan that leads for the others.
        return _("The bank pays, then it is confirmed")
    words = WAITS.get(status, {})
    found = words.get(side) or words.get("", "")
    return _(found) if found else ""


def progress(deal: Any, order: Any, loan: Any, pledge: Any) -> float:
    """How much of the glyph is drawn, 0 to 1."""
    if deal.outcome == "CLOSED":
        return 1.0
    if pledge is not None and pledge.pledged_quantity:
        released = float(pledge.released_quantity) / pledge.pledged_quantity
        taken = float(pledge.picked_up_quantity) / pledge.pledged_quantity
        return float(0.57 + 0.25 * released + 0.12 * taken)
    if loan is not None and loan.status in LOAN_PROGRESS:
        return LOAN_PROGRESS[loan.status]
    return ORDER_PROGRESS.get(order.status, 0.06) if order is not None else 0.06
