"""The ways to pay for an order: by transfer, with finance, on terms; and why one is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from heliu.capital.terms.models import Stop
from heliu.commerce.ordering.models import PayBy
from heliu.kernel.money import CURRENCY
from heliu.trade.finance_offer import FinanceOffer

CLOSED = {
    "nothing": gettext_noop("There is nothing to order yet"),
    "no-terms": gettext_noop("The seller has granted no trade credit"),
    "terms-short": gettext_noop("The trade credit is used up"),
    "terms-overdue": gettext_noop("Something on terms is overdue: pay it first"),
    "terms-stopped": gettext_noop("The seller has stopped orders on terms"),
    "no-programme": gettext_noop("No bank finances this seller's goods"),
    "declined": gettext_noop("The bank's rules say no; the reasons are below"),
    "limit-short": gettext_noop("The free limit is too small for this order"),
    "limit-closed": gettext_noop("The limit is closed for new loans"),
    "no-room": gettext_noop("The bank has no room left for this order"),
    "no-offer": gettext_noop("The bank has no terms for an order of this size"),
    "other-currency": gettext_noop("What is not in CNY is paid by transfer so far"),
    "no-warehouse": gettext_noop("There is no supervised warehouse for these goods"),
}


@dataclass(frozen=True)
class Way:
    """One way to pay: what is due at once (minor units), and why it is closed if it is."""

    pay_by: str
    due_now: int
    closed: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it can be chosen."""
        return not self.closed

    @property
    def reason(self) -> str:
        """Why it is closed, in the reader's language."""
        return gettext(CLOSED[self.closed]) if self.closed else ""


def ways_to_pay(
    total: int,
    *,
    terms_left: int,
    terms_stop: str | None,
    offers: Sequence[FinanceOffer],
    has_house: bool,
    currency: str = CURRENCY,
) -> list[Way]:
    """All three ways for an order of `total`, open or closed.

    `terms_left` is what the buyer may still order on terms and `terms_stop` why it may not,
    `offers` are the lenders', the best first, `has_house` is whether a supervised warehouse would
    take the goods. In another `currency` than ours only a transfer is open.
    """
    if total > 0 and currency != CURRENCY:
        return [
            Way(PayBy.TRANSFER, total),
            Way(PayBy.FINANCE, 0, "other-currency"),
            Way(PayBy.TERMS, 0, "other-currency"),
        ]
    if total <= 0:
        return [Way(pay_by, 0, "nothing") for pay_by in PayBy.values]
    return [
        Way(PayBy.TRANSFER, total),
        _financed(offers, has_house=has_house),
        Way(PayBy.TERMS, 0, _terms_closed(total, terms_left, terms_stop)),
    ]


def _terms_closed(total: int, left: int, stop: str | None) -> str:
    if stop:
        return "terms-stopped" if stop == Stop.HAND else "terms-overdue"
    return "no-terms" if left <= 0 else "terms-short" if left < total else ""


def _financed(offers: Sequence[FinanceOffer], *, has_house: bool) -> Way:
    """Open where one lender's offer is; else closed for the reason of the best."""
    if not offers:
        return Way(PayBy.FINANCE, 0, "no-programme")
    best = offers[0]
    if best.is_declined or has_house:
        terms = best.recommended
        return Way(PayBy.FINANCE, terms.due_now if terms else 0, best.closed)
    return Way(PayBy.FINANCE, 0, "no-warehouse")
