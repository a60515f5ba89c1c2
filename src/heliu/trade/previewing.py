"""An order as it would be placed: what it costs and how it could be paid; nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from heliu.capital.books import queries as accounts
from heliu.capital.credit import queries as credit_queries
from heliu.commerce.ordering.policies import CheckedLine
from heliu.commerce.spending import queries as budgets
from heliu.commerce.spending.queries import Warned
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.goods.models import Sku
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties import queries as parties
from heliu.trade import behalf
from heliu.trade.comparison import Comparison, best_first, compare
from heliu.trade.earning import Earned, earns
from heliu.trade.finance_offer import FinanceOffer
from heliu.trade.financing import offers_to, supervised_house
from heliu.trade.wanted import check_wanted, taken_offer
from heliu.trade.ways import Way, ways_to_pay


@dataclass(frozen=True)
class Preview:
    """An order as it would be placed. `total` (minor units) is that of the lines that are good,
    `offers` are the lenders', the best first, `comparison` has them beside the other ways to pay,
    `least` is what the seller wants of one order at least, `earned` what the lines earn as one
    order; `total` is after that. `warned` are budgets that warn and would be passed by it.
    """

    lines: list[CheckedLine[Sku]]
    total: int
    ways: list[Way]
    offers: list[FinanceOffer]
    comparison: Comparison
    least: int = 0
    earned: tuple[Earned, ...] = ()
    warned: Sequence[Warned] = ()
    currency: str = CURRENCY

    @property
    def offer(self) -> FinanceOffer | None:
        """The best of the offers."""
        return self.offers[0] if self.offers else None

    @property
    def missing(self) -> int:
        """How much is missing to what the seller wants of one order, in minor units."""
        return max(self.least - self.total, 0)

    @property
    def problems(self) -> list[CheckedLine[Sku]]:
        """The lines that cannot be ordered as they are."""
        return [line for line in self.lines if line.problem]


def preview(
    *,
    actor: Actor,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    at: datetime,
    warehouse: UUID | None = None,
    days: int | None = None,
    cost_centre: UUID | None = None,
    quote: UUID | None = None,
) -> Preview:
    """What an order of these (SKU, quantity) would cost, line by line, and how it could be paid;
    offers are compared for a term of `days` where it is on offer. `cost_centre` would bear it; not
    named, that of whoever orders. With a `quote` its prices are paid."""
    actor.require("order")
    buyer = actor.own_org
    relationship = parties.active_relationship(buyer=buyer, seller=seller)
    taken = taken_offer(quote, actor, seller, lines, at)
    checked, prices = check_wanted(buyer, seller, lines, at, taken.prices if taken else None)
    earned = () if taken else earns(buyer, seller, checked, prices, at)
    total = sum(line.amount or 0 for line in checked) - sum(one.off for one in earned)
    with widened([buyer, seller]):
        # What banks offer a customer is not shown to whoever orders in its name.
        is_ours = relationship.currency == CURRENCY
        found = offers_to(buyer, seller, total, at) if is_ours and not actor.behalf else []
        offers = best_first(found, days)
    ways = ways_to_pay(
        total,
        terms_left=accounts.terms_left(seller=seller, buyer=buyer, at=at),
        terms_stop=relationship.terms_stop,
        offers=offers,
        has_house=supervised_house(actor, warehouse) is not None,
        currency=relationship.currency,
    )
    rate = credit_queries.own_money(actor)
    return Preview(
        checked, total, ways, offers, compare(total, ways, offers, rate=rate, days=days),
        relationship.least_order, earned,
        _warned(actor, cost_centre, total, at) if is_ours else (),
        relationship.currency,
    )  # fmt: skip


def _warned(actor: Actor, centre: UUID | None, total: int, at: datetime) -> Sequence[Warned]:
    """Budgets that warn and would be passed. Whoever orders in a customer's name learns that they
    would be, and how they stand only where they are about itself."""
    with behalf.ordering_for(actor):
        found = budgets.warned(
            buyer=actor.own_org, person=actor.user_id, centre=centre, total=total, on=day_of(at)
        )
    if actor.behalf is None:
        return found
    return [one if one.is_own else one._replace(amount=None, taken=None) for one in found]
