"""Orders for more than lies there: who waits for what, and who is served when goods come.

    queue      the open lines of a seller's goods that are sold on back-order, in order of placement
    arranged   what is not there yet: in parts as it comes, or all on one day
    ready      what of an order may be sent now; nobody's goods go to somebody who ordered later
    arrived    expected goods are here: the buyers they serve are told

Whether so much may be ordered is not asked here: it is the floor of the promise
(`logistics/stock`) under which no door gets; and who may not wait at all is held to what lies there
where orders are written (`sql/waiting_rule.sql`). What a line waits for is worked out, never kept,
so it cannot be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from heliu.commerce.ordering.models import Order
from heliu.commerce.ordering.parts import Part
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.goods.models import Sku
from heliu.kernel.posting.operations import LimitShort, NewHold
from heliu.logistics.stock import back_orders as stock
from heliu.logistics.stock.back_orders import Outlook
from heliu.logistics.stock.models import Expected
from heliu.logistics.stock.policies import Marked
from heliu.logistics.warehousing import queries as houses
from heliu.trade import deals
from heliu.trade.models import Deal

APART, TOGETHER = "APART", "TOGETHER"
QUEUE = """
select order_id, line, sku, ready, waiting, until from trade_waiting(%s, %s::uuid[])
 order by sku, line
"""


class Waiting(NamedTuple):
    """An open line of goods on back-order: `ready` can be sent now, `waiting` when goods have come;
    `until` is the day by which they are expected, None where that is not known."""

    order: UUID
    line: int
    sku: UUID
    ready: int
    waiting: int
    until: date | None


def queue(seller: UUID, skus: Sequence[UUID] | None = None) -> list[Waiting]:
    """The queue of a seller as the door lets it be seen: its own, or one's own lines of it."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, [seller, None if skus is None else list(skus)])
        return [Waiting(*row) for row in cursor.fetchall()]


def of_order(order: Order) -> dict[int, Waiting]:
    """The lines of an order that are in the queue, by id; the others are ready as far as they are
    open. One statement, which ends at once where none of its goods is sold on back-order."""
    skus = [line.sku_id for line in order.lines.all()]
    return {one.line: one for one in queue(order.seller, skus) if one.order == order.pk}


class Wait(NamedTuple):
    """What of goods somebody is about to order is there, what waits, and until when."""

    sku: Sku
    ready: int
    waiting: int
    until: date | None


def would_wait(seller: UUID, wanted: Sequence[tuple[Sku, int]], *, at: datetime) -> list[Wait]:
    """Of these (SKU, quantity) of a seller those that are not all there, in one statement."""
    told = stock.outlook([sku.pk for sku, _ in wanted], owner=seller, at=at)
    return [
        Wait(sku, told[sku.pk].ready, n - told[sku.pk].ready, told[sku.pk].until(n))
        for sku, n in wanted
        if sku.pk in told and n > told[sku.pk].ready
    ]


class Days(NamedTuple):
    """On which days an order is wished: as a whole, and lines in parts or on days of their own."""

    wanted_on: date | None
    line_days: Mapping[UUID, date]
    line_parts: Mapping[UUID, Sequence[Part]]


def arranged(
    how: str, seller: UUID, lines: Sequence[tuple[UUID, int]], days: Days, *, at: datetime
) -> Days:
    """The days of an order of these (SKU, quantity) where something is not there yet: what is here
    now, in whole packs, and the rest when it comes (APART), or all of it when all is here
    (TOGETHER); any other word leaves it as it is wished. Lines in parts already, and days later
    than the goods come, stay.

    Raises `Refused` (together-unknown) where nobody knows yet by when all is there.
    """
    if how not in (APART, TOGETHER):
        return days
    told = stock.outlook([sku for sku, _ in lines], owner=seller, at=at)
    late = [(sku, n, told[sku]) for sku, n in lines if sku in told and n > told[sku].ready]
    if how == TOGETHER:
        return _together(days, late, at) if late else days
    line_days: dict[UUID, date] = dict(days.line_days)
    line_parts: dict[UUID, Sequence[Part]] = dict(days.line_parts)
    packs = dict(
        Sku.objects.filter(pk__in=[x for x, *_ in late]).values_list("pk", "order_multiple")
    )
    for sku, n, outlook in late:
        until, own = comes_by(outlook, n, at), line_days.get(sku, days.wanted_on)
        if until is None or sku in line_parts or (own and own >= until):
            continue
        if here := in_packs(outlook.ready, packs.get(sku, 1)):
            line_parts[sku] = [Part(own, here), Part(until, n - here)]
            line_days.pop(sku, None)
        else:
            line_days[sku] = until
    return Days(days.wanted_on, line_days, line_parts)


def in_packs(ready: int, pack: int) -> int:
    """How much of what lies there leaves in whole packs."""
    return ready // pack * pack


def _together(days: Days, late: Sequence[tuple[UUID, int, Outlook]], at: datetime) -> Days:
    """One day for all: the last on which something of it comes, or a later one that is wished."""
    untils = [comes_by(outlook, n, at) for _sku, n, outlook in late]
    known = [day for day in untils if day is not None]
    if len(known) < len(untils):
        raise Refused(
            "together-unknown",
            "Nobody knows yet by when all of it is there.",
            field="waiting",
            help="Take what is here now and the rest when it comes.",
        )
    return Days(max(known if days.wanted_on is None else [*known, days.wanted_on]), {}, {})


def free_now(order: Order, free: Mapping[UUID, int]) -> dict[UUID, int]:
    """What is free of goods (by SKU), as far as the buyer of an order may wait for them. For steps
    of a story, where the door is the seller's too."""
    with connection.cursor() as cursor:
        skus = list(free)
        cursor.execute(
            "select trade_free_now(%s::uuid[], %s::uuid[], %s, %s::uuid[], %s::bigint[])",
            [[order.buyer], [order.seller], [1] * len(skus), skus, list(free.values())],
        )
        (found,) = cursor.fetchone()
    return dict(zip(skus, found or (), strict=True))


def refuse_waiting(order: Order, holds: Sequence[NewHold]) -> None:
    """An order that holds these of goods beyond what lies there, though its buyer may not wait for
    any. Raises `LimitShort`, as the engine does where nobody may."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select account, key, short from trade_waits_though(
                   %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[])""",
            [
                [order.pk], [order.buyer], [order.seller], [one.subject for one in holds],
                [one.account for one in holds], [one.amount for one in holds],
            ],
        )  # fmt: skip
        if row := cursor.fetchone():
            raise LimitShort(*row)


def waits(order: Order) -> bool:
    """Whether something of an order is not there yet."""
    return any(one.waiting for one in of_order(order).values())


def ready(order: Order) -> dict[int, int]:
    """What of an order's open lines may be sent now: line id -> smallest units, without nothing."""
    queued = of_order(order)
    return {
        line.pk: n
        for line in order.lines.all()
        if (n := queued[line.pk].ready if line.pk in queued else line.to_ship)
    }


def in_turn(order: Order, quantities: Mapping[int, int]) -> Mapping[int, int]:
    """These quantities, or all that is ready where none are named; refused where goods would go
    past somebody who ordered before. For steps of a story."""
    there = ready(order)
    for line in order.lines.all():
        if line.pk in quantities and there.get(line.pk, 0) < quantities[line.pk] <= line.to_ship:
            raise Refused(
                "goods-wait",
                "Only %(ready)s pieces of line %(position)s are ready: who ordered first is first.",
                field="lines",
                help="Send what is ready, or wait until goods have come.",
                ready=there.get(line.pk, 0),
                position=line.position,
            )
    if not quantities and not there and any(line.to_ship for line in order.lines.all()):
        raise Refused(
            "goods-wait-all",
            "Nothing of %(number)s is ready: its goods are still to come.",
            number=order.number,
        )
    return quantities or there


def arrived(
    expected_id: UUID,
    quantity: int,
    *,
    house: UUID | None = None,
    actor: Actor,
    at: datetime,
    marks: tuple[Marked, ...] = (),
) -> Expected:
    """Expected goods are here, in the first bin of a house where one is named; of those that are
    told apart the pieces are named. Who is served by them is told."""
    seller = actor.own_org
    place = houses.first_bin(actor, house) if house else None
    before = {one.line: one.ready for one in queue(seller)}
    found = stock.arrived(expected_id, quantity, actor=actor, at=at, bin=place, marks=marks)
    served: dict[UUID, int] = {}
    for one in queue(seller):
        if (more := one.ready - before.get(one.line, 0)) > 0:
            served[one.order] = served.get(one.order, 0) + more
    for deal in Deal.objects.filter(order_id__in=served):
        with widened([deal.buyer, deal.seller]):
            number = Order.objects.values_list("number", flat=True).get(pk=deal.order_id)
            tell(
                deal.buyer,
                "goods-ready",
                {"number": number, "quantity": str(served[deal.order_id])},
                link=deals.link(deal),
                at=at,
            )
    return found


def comes_by(outlook: Outlook, quantity: int, at: datetime) -> date | None:
    """The day by which so many are there. What should have come already may come today: nothing is
    wished for a day that is over."""
    until = outlook.until(quantity)
    return until and max(until, day_of(at))
