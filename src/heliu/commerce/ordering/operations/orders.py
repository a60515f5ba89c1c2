"""Every write of an order's life. Prices, goods and money are settled before it by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from heliu.commerce.catalogue.policies import seen
from heliu.commerce.ordering import policies
from heliu.commerce.ordering.events import (
    About,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderPlaced,
    OrderReceived,
    OrderShipped,
)
from heliu.commerce.ordering.models import MOVES, Order, OrderLine, OrderStatus, PayBy
from heliu.commerce.ordering.paste import LARGEST
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY
from heliu.kernel.numbering import next_number
from heliu.kernel.states import move

LARGEST_TOTAL = 10**17  # minor units; ninety such orders still add up in a bigint


@dataclass(frozen=True)
class PricedLine:
    """A SKU, how much of it (smallest units) and at what price each (minor units)."""

    sku_id: UUID
    quantity: int
    unit_price: int


def write(
    *,
    actor: Actor,
    buyer: UUID,
    seller: UUID,
    warehouse: UUID,
    pay_by: str,
    lines: Sequence[PricedLine],
    at: datetime,
    remark: str = "",
    external_id: str = "",
    id: UUID | None = None,
    currency: str = CURRENCY,
    lender: UUID | None = None,
    audience: Iterable[UUID] = (),
) -> Order:
    """Write an order down as placed, in at most five statements however many lines it has.

    The caller has priced the lines and, in the same transaction, reserves the goods and holds the
    credit. `lender` may read the order from now on; `audience` are further organisations that
    learn the fact. Raises `Invalid` for what is not an order, `Refused` (external-id-used) when
    the buyer's own id was used before, `Forbidden` to whoever may not order for the buyer.
    """
    actor.require("order")
    if not actor.is_system and buyer not in actor.orgs:
        raise Forbidden("not-your-desk", "You can order for your own organisation only.")
    _check_order(buyer=buyer, seller=seller, pay_by=pay_by, lines=lines, external_id=external_id)
    if external_id and Order.objects.filter(buyer=buyer, external_id=external_id).exists():
        raise Refused(
            "external-id-used",
            "An order with your number %(external_id)s is there already.",
            field="external_id",
            external_id=external_id,
        )
    order = Order.objects.create(
        id=id or new_id(),
        number=next_number("SO", at),
        buyer=buyer,
        seller=seller,
        warehouse=warehouse,
        lender=lender,
        pay_by=pay_by,
        currency=currency,
        total=sum(line.quantity * line.unit_price for line in lines),
        placed_by=actor.user_id,
        placed_by_name=actor.name,
        placed_at=at,
        remark=seen(remark),
        external_id=external_id,
    )
    OrderLine.objects.bulk_create(
        [
            OrderLine(
                order=order,
                buyer=buyer,
                seller=seller,
                lender=lender,
                position=position,
                sku_id=line.sku_id,
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=line.quantity * line.unit_price,
            )
            for position, line in enumerate(lines, start=1)
        ]
    )
    fact = OrderPlaced(
        **_about(order),
        total=order.total,
        currency=currency,
        lines=len(lines),
        pay_by=pay_by,
        warehouse=warehouse,
    )
    _tell(order, fact, actor=actor, at=at, audience=audience)
    return order


def confirm(order: Order, *, actor: Actor, at: datetime, audience: Iterable[UUID] = ()) -> Order:
    """The seller accepts the order; from now on it may be shipped."""
    _require_side(order.seller, "sell", actor)
    move(order, OrderStatus.CONFIRMED, moves=MOVES, confirmed_at=at)
    _tell(order, OrderConfirmed(**_about(order)), actor=actor, at=at, audience=audience)
    return order


def cancel(
    order: Order, *, actor: Actor, reason: str, at: datetime, audience: Iterable[UUID] = ()
) -> Order:
    """End an order of which nothing was shipped; buyer and seller both may.

    What was reserved, held or paid for it is undone by the story that calls this.
    """
    if not actor.is_system and order.buyer in actor.orgs:
        actor.require("order")
    else:
        _require_side(order.seller, "sell", actor)
    _lock(order)
    if order.status in (OrderStatus.PART_SHIPPED, OrderStatus.SHIPPED):
        raise Refused(
            "already-shipped",
            "Goods of %(number)s are on the way; the order cannot be cancelled.",
            help="Ask for a return once the goods have arrived.",
            number=order.number,
        )
    move(order, OrderStatus.CANCELLED, moves=MOVES, cancelled_at=at, cancel_reason=seen(reason))
    with connection.cursor() as cursor:
        cursor.execute(
            "update ordering_orderline set cancelled = quantity where order_id = %s", [order.pk]
        )
    fact = OrderCancelled(**_about(order), reason=reason)
    _tell(order, fact, actor=actor, at=at, audience=audience)
    return order


def note_shipped(
    order: Order,
    *,
    quantities: Mapping[int, int],
    actor: Actor,
    at: datetime,
    audience: Iterable[UUID] = (),
) -> Order:
    """These quantities (line id: smallest units) left the seller; the status follows the lines.

    Raises `Refused` (more-than-ordered) when a line would ship more than is open on it,
    `Invalid` for no lines, for lines of another order and for quantities below one.
    """
    _require_side(order.seller, "ship", actor)
    if not quantities:
        raise Invalid("no-lines", "Say which lines were shipped.", field="lines")
    lines = _lock(order)
    if order.status not in (OrderStatus.CONFIRMED, OrderStatus.PART_SHIPPED):
        raise Refused(
            "not-to-ship",
            "Order %(number)s is %(now)s; nothing of it can be shipped now.",
            help="Only a confirmed order with open quantities is shipped.",
            number=order.number,
            now=order.get_status_display(),
        )
    for line_id, quantity in _checked(quantities, lines, least=1).items():
        line = lines[line_id]
        if quantity > line.to_ship:
            raise Refused(
                "more-than-ordered",
                "Line %(position)s has %(open)s left to ship, not %(quantity)s.",
                position=line.position,
                open=line.to_ship,
                quantity=quantity,
            )
        line.shipped += quantity
    OrderLine.objects.bulk_update([lines[line_id] for line_id in quantities], ["shipped"])
    status = policies.status_after_delivery(list(lines.values()))
    if status != order.status:
        move(order, status, moves=MOVES)
    fact = OrderShipped(
        **_about(order),
        quantity=sum(quantities.values()),
        is_complete=status == OrderStatus.SHIPPED,
    )
    _tell(order, fact, actor=actor, at=at, audience=audience)
    return order


def note_received(
    order: Order,
    *,
    quantities: Mapping[int, int],
    damaged: Mapping[int, int],
    actor: Actor,
    at: datetime,
    missing: Mapping[int, int] | None = None,
    audience: Iterable[UUID] = (),
) -> Order:
    """Goods of the order were counted: good `quantities`, `damaged` and `missing` by line id.

    The three add up to what was sent; an order all of whose goods are accounted for is received.
    Raises `Refused` (more-than-shipped) when more is counted than is under way. Whoever counts
    works for the receiving organisation; the story that calls this has checked its right.
    """
    counts = (("received", quantities), ("damaged", damaged), ("missing", missing or {}))
    lines = _lock(order)
    if order.status not in (OrderStatus.PART_SHIPPED, OrderStatus.SHIPPED):
        raise Refused(
            "nothing-under-way",
            "Order %(number)s is %(now)s; nothing of it is under way.",
            number=order.number,
            now=order.get_status_display(),
        )
    for name, counted in counts:
        for line_id, quantity in _checked(counted, lines, least=0).items():
            line = lines[line_id]
            if quantity > line.under_way:
                raise Refused(
                    "more-than-shipped",
                    "Line %(position)s has %(open)s under way, not %(quantity)s.",
                    position=line.position,
                    open=line.under_way,
                    quantity=quantity,
                )
            setattr(line, name, getattr(line, name) + quantity)
    touched = {line_id for _, counted in counts for line_id in counted}
    OrderLine.objects.bulk_update(
        [lines[line_id] for line_id in sorted(touched)], [name for name, _ in counts]
    )
    status = policies.status_after_delivery(list(lines.values()))
    if status != order.status:
        move(order, status, moves=MOVES)
    fact = OrderReceived(
        **_about(order),
        received=sum(quantities.values()),
        damaged=sum(damaged.values()),
        missing=sum((missing or {}).values()),
        is_complete=status == OrderStatus.RECEIVED,
    )
    _tell(order, fact, actor=actor, at=at, audience=audience)
    return order


def complete(order: Order, *, actor: Actor, at: datetime, audience: Iterable[UUID] = ()) -> Order:
    """Close a received order that is settled; the story that settled it says so."""
    move(order, OrderStatus.COMPLETED, moves=MOVES, completed_at=at)
    _tell(order, OrderCompleted(**_about(order)), actor=actor, at=at, audience=audience)
    return order


def _check_order(
    *, buyer: UUID, seller: UUID, pay_by: str, lines: Sequence[PricedLine], external_id: str
) -> None:
    if buyer == seller:
        raise Invalid("own-goods", "Nobody orders from themselves.", field="seller")
    if pay_by not in PayBy.values:
        raise Invalid("pay-by-unknown", "Choose how to pay.", field="pay_by")
    if not lines:
        raise Invalid("no-lines", "An order needs at least one line.", field="lines")
    for position, line in enumerate(lines, start=1):
        if not 0 < line.quantity <= LARGEST or line.unit_price < 0:
            raise Invalid(
                "line-invalid",
                "Line %(position)s needs a quantity above zero that can be delivered, and a price.",
                field="lines",
                position=position,
            )
    if sum(line.quantity * line.unit_price for line in lines) > LARGEST_TOTAL:
        raise Invalid("order-too-large", "This order is too large.", field="lines")
    if len(external_id) > 80 or external_id != seen(external_id):
        raise Invalid(
            "external-id-invalid",
            "Your own number has up to 80 visible signs.",
            field="external_id",
        )


def _require_side(org: UUID, permission: str, actor: Actor) -> None:
    """Only that side of the order may do this; to anybody else the order is not there."""
    if not actor.is_system and org not in actor.orgs:
        raise NotFound()
    actor.require(permission)


def _lock(order: Order) -> dict[int, OrderLine]:
    """Lock the order, so that its deliveries and its end queue; read its lines as they are now."""
    order.status = (
        Order.objects.select_for_update().values_list("status", flat=True).get(pk=order.pk)
    )
    return {line.pk: line for line in OrderLine.objects.filter(order=order).order_by("position")}


def _checked(
    quantities: Mapping[int, int], lines: Mapping[int, OrderLine], *, least: int
) -> Mapping[int, int]:
    for line_id, quantity in quantities.items():
        if line_id not in lines:
            raise Invalid("line-unknown", "This line is not on the order.", field="lines")
        if quantity < least:
            raise Invalid("quantity-invalid", "A quantity is a whole number.", field="quantity")
    return quantities


def _about(order: Order) -> About:
    return About(subject=order.pk, number=order.number, buyer=order.buyer, seller=order.seller)


def _tell(
    order: Order, fact: Fact, *, actor: Actor, at: datetime, audience: Iterable[UUID]
) -> None:
    record(fact, actor=actor, at=at, audience={order.buyer, order.seller, *audience})
