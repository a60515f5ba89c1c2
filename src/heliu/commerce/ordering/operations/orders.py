"""Every write of an order's life. Prices, goods and money are settled before it by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    OrderReceived,
    OrderShipped,
    OrderStruck,
)
from heliu.commerce.ordering.models import MOVES, Order, OrderLine, OrderStatus
from heliu.commerce.ordering.operations.changes import overtake_changes
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.states import move

STRIKABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED, OrderStatus.PART_SHIPPED)


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
    overtake_changes(order.pk, at=at)
    fact = OrderCancelled(**_about(order), reason=reason)
    _tell(order, fact, actor=actor, at=at, audience=audience)
    return order


def strike(
    order: Order,
    *,
    quantities: Mapping[int, int],
    reason: str,
    actor: Actor,
    at: datetime,
    audience: Iterable[UUID] = (),
    may_be_all: bool = False,
) -> int:
    """The seller will not deliver these quantities (line id: smallest units); returns their price
    in minor units.

    What held goods, credit and budgets for them is eased by the story that calls this. An order of
    which nothing would be left is called off instead (`Refused`, strike-all), unless it cannot be
    (`may_be_all`): then it is as good as received.
    """
    _require_side(order.seller, "sell", actor)
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    if not quantities:
        raise Invalid("no-lines", "Say which lines will not be delivered.", field="lines")
    lines = _lock(order)
    if order.status not in STRIKABLE:
        raise Refused(
            "nothing-to-strike",
            "Order %(number)s is %(now)s; nothing of it is still to be sent.",
            number=order.number,
            now=order.get_status_display(),
        )
    for line_id, quantity in _checked(quantities, lines, least=1).items():
        line = lines[line_id]
        _require_open(line, quantity)
        line.cancelled += quantity
    is_all = all(line.cancelled == line.quantity for line in lines.values())
    if is_all and not may_be_all:
        raise Refused(
            "strike-all",
            "Nothing of %(number)s would be left.",
            number=order.number,
            help="Cancel the order instead.",
        )
    OrderLine.objects.bulk_update([lines[line_id] for line_id in quantities], ["cancelled"])
    if is_all or order.status == OrderStatus.PART_SHIPPED:
        status = policies.status_after_delivery(list(lines.values()))
        if status != order.status:
            move(order, status, moves=MOVES)
    value = sum(lines[line_id].unit_price * quantity for line_id, quantity in quantities.items())
    fact = OrderStruck(
        **_about(order),
        quantity=sum(quantities.values()),
        value=value,
        reason=seen(reason.strip())[:200],
    )
    _tell(order, fact, actor=actor, at=at, audience=audience)
    return value


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
        _require_open(line, quantity)
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


def _require_open(line: OrderLine, quantity: int) -> None:
    """So much of a line is still with the seller."""
    if quantity > line.to_ship:
        raise Refused(
            "more-than-ordered",
            "Line %(position)s has %(open)s left to ship, not %(quantity)s.",
            position=line.position,
            open=line.to_ship,
            quantity=quantity,
        )


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
