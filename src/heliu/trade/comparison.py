"""Offers of several lenders and the buyer's other ways to pay, side by side: pure.

All are counted over one span of days, as if the buyer needed the money for that long: what it pays
itself it has to have, at the cost of its own money, from the day it pays to the end of the span.
So a short loan is not cheaper for being short, and paying today is not free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from heliu.capital.lending.policies.offering import Terms
from heliu.commerce.ordering.models import PayBy
from heliu.trade.finance_offer import FinanceOffer
from heliu.trade.ways import Way

OWN_MONEY = Decimal("6.00")  # per cent a year, where the buyer has not said what its own costs it
SPAN = 30  # days, where nothing on offer has a term
YEAR = 365  # as the APR counts


@dataclass(frozen=True)
class Option:
    """One way to pay with all it costs, in minor units. `offer` and `terms` of a lender's.

    `paid_today` is the buyer's own money at once, `cost` interest and fees, `own_money` what its
    own money costs it over the span. `closed` says why it cannot be taken (`ways.CLOSED`).
    """

    pay_by: str
    paid_today: int
    cost: int = 0
    own_money: int = 0
    closed: str = ""
    offer: FinanceOffer | None = None
    terms: Terms | None = None

    @property
    def total(self) -> int:
        """All it costs over the span."""
        return self.cost + self.own_money

    @property
    def financed_share(self) -> Decimal:
        """The part of the order that is not the buyer's own money, 0..1."""
        return 1 - self.terms.deposit_ratio if self.terms else Decimal(0)


@dataclass(frozen=True)
class Comparison:
    """The options, the cheapest that can be taken first; those that cannot last.

    `days` is the span, `rate` what the buyer's own money costs, per cent a year; `is_stated` when
    it is what we assume and not what the buyer said.
    """

    options: list[Option]
    days: int
    rate: Decimal
    is_stated: bool

    @property
    def cheapest(self) -> Option | None:
        """The first that can be taken and whose cost is known."""
        return next((one for one in self.options if is_counted(one)), None)

    @property
    def saves(self) -> int | None:
        """By how much the cheapest is cheaper than the next."""
        first, *rest = [one.total for one in self.options if is_counted(one)] or [0]
        return rest[0] - first if rest else None


def is_counted(option: Option) -> bool:
    """Whether an option has its place by cost: it is open, and its cost is known. On terms no day
    is agreed here on which the seller is paid, so nothing can be counted."""
    return not option.closed and option.pay_by != PayBy.TERMS


def own_money(amount: int, days: int, rate: Decimal) -> int:
    """What an amount of one's own costs for some days, at per cent a year: simple, half up."""
    cost = amount * rate * max(days, 0) / (100 * YEAR)
    return int(cost.quantize(Decimal(1), ROUND_HALF_UP))


def compare(
    total: int,
    ways: Sequence[Way],
    offers: Sequence[FinanceOffer],
    *,
    rate: Decimal | None,
    days: int | None = None,
) -> Comparison:
    """Every way to pay an order of `total`, each lender's offer at its best for the term `days`
    where that is on offer; `rate` is what the buyer says its own money costs."""
    best = {offer.programme.pk: offer.best(days) for offer in offers}
    span = days or max((terms.days for terms in best.values() if terms), default=SPAN)
    cost = OWN_MONEY if rate is None else rate
    options = [
        _financed(offer, best[offer.programme.pk], total, span, cost, _closing(ways))
        for offer in offers
    ]
    for way in ways:
        if way.pay_by == PayBy.TRANSFER:
            spent = own_money(total, span, cost)
            options.append(Option(way.pay_by, way.due_now, own_money=spent, closed=way.closed))
        elif way.pay_by == PayBy.TERMS and way.closed != "no-terms":
            options.append(Option(way.pay_by, way.due_now, closed=way.closed))
    return Comparison(sorted(options, key=_order), span, cost, rate is None)


def best_first(offers: Sequence[FinanceOffer], days: int | None = None) -> list[FinanceOffer]:
    """Lenders' offers by what they cost; those on which a person decides after them, those that
    cannot be taken last, a plain no at the end.

    Among themselves they are compared as the whole is, over the longest of their terms.
    """
    best = {offer.programme.pk: offer.best(days) for offer in offers}
    span = days or max((terms.days for terms in best.values() if terms), default=SPAN)

    def order(offer: FinanceOffer) -> tuple[bool, bool, bool, int, int]:
        terms = best[offer.programme.pk]
        total = terms.order_total if terms else 0
        option = _financed(offer, terms, total, span, OWN_MONEY, "")
        cost, paid_today = option.total, option.paid_today
        return bool(option.closed), offer.is_declined, offer.is_referred, cost, paid_today

    return sorted(offers, key=order)


def _closing(ways: Sequence[Way]) -> str:
    """What closes financing for every lender: there is no house for the goods."""
    closed = next((way.closed for way in ways if way.pay_by == PayBy.FINANCE), "")
    return closed if closed in ("no-warehouse", "nothing") else ""


def _financed(
    offer: FinanceOffer,
    terms: Terms | None,
    total: int,
    span: int,
    rate: Decimal,
    closing: str,
) -> Option:
    closed = offer.closed or closing
    if terms is None or closed:
        return Option(PayBy.FINANCE, 0, closed=closed or "limit-short", offer=offer)
    repaid = total - terms.deposit  # with the buyer's own money, from the due day on
    spent = own_money(terms.deposit, span, rate) + own_money(repaid, span - terms.days, rate)
    return Option(PayBy.FINANCE, terms.due_now, terms.total_cost, spent, "", offer, terms)


def _order(option: Option) -> tuple[bool, bool, int, int]:
    return bool(option.closed), not is_counted(option), option.total, option.paid_today
