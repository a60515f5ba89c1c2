"""What a person at the bank looks at before deciding: the borrower's file, and checks of the order.
What was found to speak against it stands beside (`controls`).

A lender sees neither the dealer's orders nor the seller's prices and stock. For one deal that it
is asked to finance both are read here, as of the moment of asking, and only by whoever decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from heliu.commerce.ordering.models import Order, OrderLine, OrderStatus
from heliu.commerce.pricing import queries as pricing
from heliu.information.credit_file import queries as credit_file
from heliu.information.credit_file.queries import CreditFile
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.models import RelationshipStatus, TradingRelationship
from heliu.kernel.posting import operations as posting
from heliu.trade import deals, looks
from heliu.trade.models import Deal
from heliu.trade.names import reservation_of
from heliu.trade.paperwork import order_of

KNOWN_FOR = timedelta(days=180)
ALIKE_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Check:
    """One look at whether an order is what it says; `found` holds the figures of the answer.

    PRICED: `lines`, and how many are `good` · RESERVED: pieces `wanted` and `held` · KNOWN: `days`
    · SINGLE: the `number` of an order alike, or ''.
    """

    code: str
    is_passed: bool
    found: dict[str, int | str] = field(default_factory=dict)


def evidence(deal: Deal, *, actor: Actor, at: datetime) -> CreditFile:
    """The credit file of a deal's buyer for its lender, as of now.

    Only for whoever decides at the lender; its trade with other sellers stays out of it unless the
    buyer disclosed it. Raises `NotFound` for a deal that is not the actor's to finance.
    """
    with _opened(deal, actor) as asked:
        assert asked.lender is not None
        looks.at_credit_file(actor, asked, at=at)
        return credit_file.build(
            borrower=asked.buyer, lender=asked.lender, seller=asked.seller, at=at
        )


def checks(deal: Deal, *, actor: Actor, at: datetime) -> tuple[Check, ...]:
    """Whether the order behind a deal is what it says; asked by the same people as `evidence`.
    Behind a loan against stock there is no order, only that the two know each other."""
    with _opened(deal, actor) as asked:
        if asked.is_stock:
            return (_known(asked, at),)
        order = order_of(asked)
        lines = list(order.lines.all())
        return (
            _priced(order, lines),
            _reserved(order, lines, at),
            _known(asked, at),
            _single(order, lines),
        )


@contextmanager
def _opened(deal: Deal, actor: Actor) -> Iterator[Deal]:
    actor.require("decide")
    found = deals.get(actor, deal.pk)
    if found.lender not in actor.orgs:
        raise NotFound()
    with widened([found.buyer, found.seller]):
        yield found


def _priced(order: Order, lines: list[OrderLine]) -> Check:
    """Every line costs what the seller's lists said at the moment of the order, less what
    promotions took off."""
    before = pricing.before_promotions(order.pk)
    off, gifts = pricing.given_as_whole(order.pk)
    bought = [line for line in lines if line.amount or line.sku_id not in gifts]
    prices = pricing.resolve(
        buyer=order.buyer,
        seller=order.seller,
        wanted=[(line.sku_id, line.quantity) for line in bought],
        at=order.placed_at,
    )
    sums: dict[UUID, tuple[int, int]] = {}
    for line in bought:
        pieces, amount = sums.get(line.sku_id, (0, off.get(line.sku_id, 0)))
        sums[line.sku_id] = (pieces + line.quantity, amount + line.amount)
    good = len(lines) - len(bought)  # goods for free have no price
    for line in bought:
        price, (pieces, amount) = prices[line.sku_id], sums[line.sku_id]
        listed = before.get(line.sku_id, amount // pieces)
        good += price is not None and price.list_price == listed
    return Check("PRICED", good == len(lines), {"lines": len(lines), "good": good})


def _reserved(order: Order, lines: list[OrderLine], at: datetime) -> Check:
    """The seller's goods are set aside for this order and nobody else."""
    names = {reservation_of(order.pk, line.sku_id) for line in lines}
    states = posting.hold_state(names, at=at)
    held = sum(abs(state.amount - state.posted) for state in states.values() if state.is_open)
    wanted = sum(line.to_ship for line in lines)
    return Check("RESERVED", held >= wanted, {"wanted": wanted, "held": held})


def _known(deal: Deal, at: datetime) -> Check:
    """Buyer and seller have been trading for half a year or longer."""
    link = TradingRelationship.objects.filter(
        buyer=deal.buyer, seller=deal.seller, status=RelationshipStatus.ACTIVE
    ).first()
    days = (day_of(at) - link.since).days if link else 0
    return Check("KNOWN", days >= KNOWN_FOR.days, {"days": days})


def _single(order: Order, lines: list[OrderLine]) -> Check:
    """No order of the same goods stands beside this one."""
    wanted = sorted((line.sku_id, line.quantity) for line in lines)
    alike = (
        Order.objects.filter(
            buyer=order.buyer,
            seller=order.seller,
            total=order.total,
            placed_at__gte=order.placed_at - ALIKE_WITHIN,
            placed_at__lte=order.placed_at,
        )
        .exclude(pk=order.pk)
        .exclude(status=OrderStatus.CANCELLED)
        .prefetch_related("lines")
        .order_by("-placed_at")
    )
    for other in alike:
        if sorted((line.sku_id, line.quantity) for line in other.lines.all()) == wanted:
            return Check("SINGLE", False, {"number": other.number})
    return Check("SINGLE", True, {"number": ""})
