"""A deal's state, how far it is and what comes next, in the words of who reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliu.portal.deal.sides import Side
from heliu.trade.standing import leading, next_of, status_of

State = tuple[str, str]

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

# What a deal waits for: in the words of the side that does it, and of everybody else. What goes by
# itself is nobody's to do.
ACTS: Mapping[str, tuple[str, str]] = {
    "decide": (N_("Decide on the loan"), N_("The bank decides")),
    "sign": (N_("Sign the agreement"), N_("The buyer signs")),
    "pay-in": (N_("Pay the deposit in"), N_("The buyer pays the deposit in")),
    "pay": ("", N_("The bank pays, then it is confirmed")),
    "confirm": (N_("Confirm the order"), N_("The seller confirms")),
    "ship": (N_("Ship the goods"), N_("The seller ships")),
    "receive": (N_("Count the goods in"), N_("The goods are counted in")),
    "refund": (N_("Refund what is missing"), N_("The seller refunds what is missing")),
    "repay": (N_("Repay to free the goods"), N_("The buyer repays")),
    "enforce": (N_("Enforce into the goods"), N_("The bank enforces; all that is owed ends it")),
    "pick-up": (N_("Pick up the goods"), N_("The goods are picked up")),
    "return-money": ("", N_("Money goes back where it came from")),
}
# States that say more of it than the act.
STATES: Mapping[str, tuple[str, str]] = {
    "AWAIT_DEPOSIT": ("", N_("The bank takes the deposit")),
    "FUNDED_SHARE": ("", N_("The bank pays out")),
    "DISBURSING": ("", N_("The bank pays out")),
    "DISBURSED": ("", N_("The seller is paid")),
    "PAYING_SELLER": ("", N_("The seller is paid")),
    "BANK_REJECTED": ("", N_("The bank rejected a payment; what moved is taken back")),
    "OVERDUE": (N_("Repay now: the loan is overdue"), N_("The buyer is late")),
    "EXPIRED": ("", N_("The offer has expired; the order is taken back")),
    "DECLINED": ("", N_("The bank declined; the order is taken back")),
    "PART_SHIPPED": (N_("Ship the rest"), N_("The seller ships the rest")),
    "PROPOSED": (N_("Ship the goods"), N_("The goods are to come")),
    "PARTLY_RELEASED": (N_("Repay to free the rest"), N_("The buyer repays the rest")),
}


def state_of(deal: Any, order: Any, loan: Any, pledge: Any) -> State:
    """The words and the tone of the pill."""
    document = leading(deal, order, loan, pledge)
    if document is None:
        return str(deal.get_outcome_display()), "open" if deal.outcome == "OPEN" else "quiet"
    if pledge is not None and pledge.is_short and document is pledge:
        return _("Goods short"), "bad"
    return str(document.get_status_display()), str(document.tone)


def next_step(side: Side, deal: Any, order: Any, loan: Any, pledge: Any) -> str:
    """What comes next, in the words of the side that reads; '' when it is over."""
    step = next_of(deal, order, loan, pledge)
    if step is None:
        return ""
    status = status_of(deal, order, loan, pledge)
    said = None if step.act in ("refund", "pay-in") else STATES.get(status)
    own, of_others = said or ACTS[step.act]
    return _(own if step.by == side else of_others)


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
