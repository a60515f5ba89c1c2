"""Every write of an order's changes after it was placed. What follows from them (goods, credit,
budgets, money) is settled by the story that calls this, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from heliu.commerce.ordering import policies
from heliu.commerce.ordering.events import (
    About,
    OrderChangeAsked,
    OrderChanged,
    OrderChangeRefused,
)
from heliu.commerce.ordering.models import (
    CHANGE_MOVES,
    MOVES,
    OPEN_CHANGE,
    ChangeStatus,
    GoneLine,
    Order,
    OrderChange,
    OrderLine,
    OrderStatus,
)
from heliu.commerce.ordering.parts import kept
from heliu.commerce.ordering.versions import Version, in_turn
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Refused
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.states import move


def note_change(
    order: Order, before: Version, after: Version, *, reason: str, actor: Actor, at: datetime
) -> OrderChange:
    """A change is asked for, and waits for the buyer's house until something else is said of it."""
    last = order.changes.aggregate(last=Max("number"))["last"] or 0
    return OrderChange.objects.create(
        order=order, buyer=order.buyer, seller=order.seller, lender=order.lender,
        number=last + 1, status=ChangeStatus.HOUSE, reason=reason.strip()[:300],
        asked_by=actor.user_id, asked_by_name=actor.name, asked_at=at,
        before=before.kept(), after=after.kept(),
    )  # fmt: skip


def lay_before_seller(change: OrderChange, *, actor: Actor, at: datetime) -> None:
    """The seller is asked: the order is confirmed, and not the buyer's alone to change."""
    move(change, ChangeStatus.SELLER, moves=CHANGE_MOVES, is_told=True)
    order = change.order
    fact = OrderChangeAsked(**_about(order), change=change.number, total=change.after["total"])
    _tell(order, fact, actor=actor, at=at)


def make_change(change: OrderChange, after: Version, *, actor: Actor, at: datetime) -> Order:
    """The order is what the change says from now on; its status follows from its lines.

    Raises `Refused` (external-id-used) where the buyer's own number has been used meanwhile.
    """
    order = change.order
    _write_lines(order, after, change=change.number, at=at)
    order.total, order.wanted_on = after.total, after.wanted_on
    order.remark, order.external_id = after.remark, after.external_id
    written = ["total", "wanted_on", "remark", "external_id"]
    if after.ship_to != Version.read(change.before).ship_to:
        order.ship_to = after.ship_to
        written.append("ship_to")  # named only when it is another: the database asks what has left
    try:
        with transaction.atomic():
            order.save(update_fields=written)
    except IntegrityError:
        raise external_id_used(after.external_id) from None
    move(
        change, ChangeStatus.MADE, moves=CHANGE_MOVES, is_told=True, after=after.kept(),
        ended_by_name=actor.name, ended_at=at,
    )  # fmt: skip
    lines = list(order.lines.all())
    if order.status == OrderStatus.PART_SHIPPED and not any(line.to_ship for line in lines):
        move(order, policies.status_after_delivery(lines), moves=MOVES)
    fact = OrderChanged(**_about(order), change=change.number, total=order.total, lines=len(lines))
    _tell(order, fact, actor=actor, at=at)
    return order


def refuse_change(change: OrderChange, *, reason: str, actor: Actor, at: datetime) -> None:
    """A no: the order stays as it was. A no of the buyer's own house is told nobody else."""
    move(
        change, ChangeStatus.REFUSED, moves=CHANGE_MOVES, said=reason.strip()[:300],
        ended_by_name=actor.name, ended_at=at,
    )  # fmt: skip
    if change.is_told:
        fact = OrderChangeRefused(**_about(change.order), change=change.number, reason=change.said)
        _tell(change.order, fact, actor=actor, at=at)


def end_change(change: OrderChange, status: ChangeStatus, *, actor: Actor, at: datetime) -> None:
    """It was withdrawn, or nobody answered in time."""
    move(change, status, moves=CHANGE_MOVES, ended_by_name=actor.name, ended_at=at)


def overtake_changes(order_id: UUID, *, at: datetime) -> None:
    """What was to be changed of an order has lost its sense: the order is over."""
    OrderChange.objects.filter(order=order_id, status__in=OPEN_CHANGE).update(
        status=ChangeStatus.OVERTAKEN, ended_at=at
    )


def external_id_used(external_id: str) -> Refused:
    """The buyer's own number stands on another of its orders."""
    return Refused(
        "external-id-used",
        "An order with your number %(external_id)s is there already.",
        field="external_id",
        external_id=external_id,
    )


def _write_lines(order: Order, after: Version, *, change: int, at: datetime) -> None:
    """The lines as they are now: gone ones apart, others in place, new ones beneath all that were.
    Where promotions split goods into several lines, these keep their turn."""
    wanted = dict(in_turn((line.sku, line) for line in after.lines))
    there = dict(in_turn((line.sku_id, line) for line in order.lines.all()))
    _set_apart([line for name, line in there.items() if name not in wanted], change=change, at=at)
    changed = []
    for name, line in there.items():
        if name in wanted:
            now = wanted[name]
            line.quantity, line.unit_price = now.quantity, now.unit_price
            line.amount, line.wanted_on = now.amount, now.wanted_on
            line.parts = kept(now.parts)
            changed.append(line)
    OrderLine.objects.bulk_update(
        changed, ["quantity", "unit_price", "amount", "wanted_on", "parts"]
    )
    before = GoneLine.objects.filter(order=order).aggregate(last=Max("position"))["last"] or 0
    last = max(before, *(line.position for line in there.values()))
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order, buyer=order.buyer, seller=order.seller, lender=order.lender,
            position=last + n, sku_id=line.sku, quantity=line.quantity,
            unit_price=line.unit_price, amount=line.amount, wanted_on=line.wanted_on,
            parts=kept(line.parts),
        )
        for n, line in enumerate((one for name, one in wanted.items() if name not in there), 1)
    )  # fmt: skip


def _set_apart(lines: list[OrderLine], *, change: int, at: datetime) -> None:
    """Lines that are no more of their order are kept as they were."""
    GoneLine.objects.bulk_create(
        GoneLine(
            id=line.pk, order_id=line.order_id, buyer=line.buyer, seller=line.seller,
            lender=line.lender, position=line.position, sku_id=line.sku_id,
            quantity=line.quantity, unit_price=line.unit_price, change=change, gone_at=at,
        )
        for line in lines
    )  # fmt: skip
    OrderLine.objects.filter(pk__in=[line.pk for line in lines]).delete()


def _about(order: Order) -> About:
    return About(subject=order.pk, number=order.number, buyer=order.buyer, seller=order.seller)


def _tell(order: Order, fact: Fact, *, actor: Actor, at: datetime) -> None:
    audience: Iterable[UUID | None] = (order.buyer, order.seller, order.lender)
    record(fact, actor=actor, at=at, audience={org for org in audience if org})
