"""The story of an order being placed: prices, goods and credit in one transaction.

`previewing` shows what would happen and changes nothing; `place` does it. Both ask the same rooms
the same questions, so that what was shown is what is done, or is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from heliu.capital.books import operations as books
from heliu.capital.books.journals import orders as journals
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.models import Order, PayBy
from heliu.commerce.ordering.parts import Part
from heliu.commerce.quotes import operations as quotes
from heliu.commerce.quotes.operations import Taken
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound, Refused
from heliu.trade import behalf, deals
from heliu.trade import spending as charging
from heliu.trade.accepted import Good
from heliu.trade.deciding import decide, refuse_bad
from heliu.trade.financing import Picked, house_for, place_financed
from heliu.trade.models import Step
from heliu.trade.paperwork import order_of
from heliu.trade.placed import Placed, row_of, write_order
from heliu.trade.placing import facts, facts_query
from heliu.trade.steps import locked, remember
from heliu.trade.steps import parties as parties_of
from heliu.trade.wanted import by_sku, check_wanted, taken_offer
from heliu.trade.wishes import Ask, Wish


def place(
    *,
    actor: Actor,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    pay_by: str,
    at: datetime,
    warehouse: UUID | None = None,
    programme: UUID | None = None,
    deposit_ratio: Decimal | None = None,
    days: int | None = None,
    remark: str = "",
    external_id: str = "",
    cost_centre: UUID | None = None,
    asked: UUID | None = None,
    kept: Mapping[UUID, int] | None = None,
    wanted_on: date | None = None,
    line_days: Mapping[UUID, date] | None = None,
    line_parts: Mapping[UUID, Sequence[Part]] | None = None,
    address: UUID | None = None,
    quote: UUID | None = None,
    currency: str = "",
) -> Placed:
    """Place an order: goods are reserved, and on terms or with finance the credit is held, or
    nothing happens at all.

    Financed goods go to a supervised warehouse (`warehouse`, or the first one known), others to
    the buyer: to the `address` of its book that is named, else to its default. `programme` is the
    offer that was picked; without one the best is taken. The goods are wished for `wanted_on`, some
    lines for days of their own (`line_days`) or in parts by day (`line_parts`). With a `quote` it
    is of exactly what the seller offered, at its prices; the quote is ordered by it. `currency` is
    what whoever orders takes it to cost; not said, that in which the two trade. A financed order
    waits for the signature (`signing.sign`), or for a person at the bank where the rules do
    not decide. Raises `Refused` for the first line that is not good, `NotFound` for goods or a
    seller that are not there for the buyer, `Short` when somebody was quicker, `LimitShort`, or
    what closes the way to pay.
    """
    behalf.refuse_finance(actor, pay_by)
    taken = taken_offer(quote, actor, seller, lines, at)
    good = _judged(
        actor=actor, seller=seller, lines=lines, pay_by=pay_by, remark=remark,
        external_id=external_id, cost_centre=cost_centre, asked=asked, kept=kept, taken=taken,
        wanted_on=wanted_on, line_days=line_days, line_parts=line_parts, address=address,
        currency=currency, at=at,
    )  # fmt: skip
    with widened([good.ask.buyer, seller]):
        if pay_by == PayBy.FINANCE:
            wish = Picked(programme, deposit_ratio, days)
            placed = place_financed(good, house_for(actor, warehouse), wish, at)
        else:
            placed = write_order(good.accepted(at, warehouse=good.ask.buyer), at)
            behalf.placed(placed.order, deals.link(placed.deal), actor, at=at)
        if taken:
            quotes.ordered(taken.quote, placed.order.id, placed.order.number, actor=actor, at=at)
        return placed


def judged(
    *,
    actor: Actor,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    pay_by: str,
    at: datetime,
    remark: str = "",
    external_id: str = "",
    cost_centre: UUID | None = None,
    asked: UUID | None = None,
    kept: Mapping[UUID, int] | None = None,
    wanted_on: date | None = None,
    line_days: Mapping[UUID, date] | None = None,
    line_parts: Mapping[UUID, Sequence[Part]] | None = None,
    address: UUID | None = None,
    quote: UUID | None = None,
    currency: str = "",
) -> Good:
    """An order that is good as things stand; nothing is written. Raises as `place` does."""
    return _judged(
        actor=actor, seller=seller, lines=lines, pay_by=pay_by, remark=remark,
        external_id=external_id, cost_centre=cost_centre, asked=asked, kept=kept,
        taken=taken_offer(quote, actor, seller, lines, at), wanted_on=wanted_on,
        line_days=line_days, line_parts=line_parts, address=address, currency=currency, at=at,
    )  # fmt: skip


def _judged(
    *,
    actor: Actor,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    taken: Taken | None,
    line_days: Mapping[UUID, date] | None,
    line_parts: Mapping[UUID, Sequence[Part]] | None,
    at: datetime,
    **said: Any,
) -> Good:
    wish = Wish(
        seller, by_sku(lines), quoted=taken.prices if taken else None, days=line_days,
        parts=line_parts, **said,
    )  # fmt: skip
    ask = Ask(actor, wish)
    (known,) = facts([wish], row_of(facts_query([ask], at)))
    (good,) = decide([ask], [known])
    if isinstance(good, Refused):
        if good.code == "price-missing":  # perhaps of packs: that is said in its own words
            refuse_bad(check_wanted(ask.buyer, seller, lines, at)[0])
        raise good
    return good


def confirm(order_id: UUID, *, actor: Actor, at: datetime) -> Order:
    """The seller accepts an order; one paid by transfer when the money has arrived. Who else of the
    seller must agree is asked before (`trade/confirming.py`).

    Financed orders confirm themselves when the bank has paid.
    """
    actor.require("sell")
    deal = deals.of_order(actor, order_id)
    with widened(parties_of(deal)):
        deal = locked(deal.id)
        order = order_of(deal)
        refuse_other_side(order, actor)
        if order.pay_by == PayBy.FINANCE:
            raise Refused(
                "confirms-itself",
                "A financed order is confirmed when the bank has paid.",
            )
        ordering.confirm(order, actor=actor, at=at)
        charging.confirmed(order.pk, at=at)
        if order.pay_by == PayBy.TRANSFER:
            books.post(
                journals.order_paid(
                    seller=order.seller,
                    buyer=order.buyer,
                    order=order.id,
                    amount=order.total - orders.struck(order.id),
                ),
                kind="order_paid",
                key=f"order_paid:{order.id}",
                subject=order.id,
                effective=day_of(at),
                currency=order.currency,
                at=at,
            )
        remember(deal, Step.CONFIRMED, actor=actor, at=at)
    return order


def refuse_other_side(order: Order, actor: Actor) -> None:
    """Only the seller says yes to an order."""
    if not actor.is_system and order.seller not in actor.orgs:
        raise NotFound()
