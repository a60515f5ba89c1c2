"""Back-orders: what can be had now and when more comes, who waits, and what a seller expects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Goods, Line, Plain, Quantity, Ref, Sent, id_or_number
from heliu.api.marks import MOST_MARKS, PiecesIn, marked
from heliu.api.writes import Key, write
from heliu.commerce.ordering import queries as ordering
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.logistics.stock import back_orders as stock
from heliu.logistics.stock import queries as lying
from heliu.trade import back_orders

router = Router()

MOST_ASKED = 200


class MoreOut(Schema):
    """How much more will be free by a day, as goods are expected."""

    day: date
    quantity: int


class AvailabilityOut(Schema):
    """What can be had of goods; quantities in the smallest unit."""

    sku: UUID
    ready: int = Field(description="At once")
    orderable: int = Field(description="What can be ordered: more than is ready waits for goods")
    more: list[MoreOut] = Field(description="By day; empty where nothing is expected")


class DueOut(Plain):
    """What of a confirmed order is to leave by a day."""

    order: UUID
    number: str
    buyer: UUID
    day: date | None = Field(description="Null: as soon as can be")
    pieces: int


class WaitingOut(Schema):
    """An open line of an order for goods that are sold on back-order."""

    order: UUID
    line: int
    sku: UUID
    ready: int = Field(description="Can be sent now")
    waiting: int = Field(description="Is sent when goods have come")
    until: date | None = Field(description="By when they are expected; null: not known")


class BackOrderOut(Schema):
    """So many more than lie there may be ordered of goods."""

    sku: Goods
    most: int
    set_by_name: str
    set_at: datetime


class BackOrderIn(Sent):
    """How many more than lie there may be ordered; 0 ends it."""

    most: int = Field(ge=0, le=stock.LARGEST)


class BackOrderSet(Schema):
    """What is allowed now."""

    sku: UUID
    most: int


class ExpectedOut(Schema):
    """Goods that will come."""

    id: UUID
    sku: Goods
    quantity: int
    day: date
    note: str
    status: str = Field(description="OPEN, ARRIVED or CALLED_OFF")
    arrived: int


class ExpectedIn(Sent):
    """Goods that will come by a day."""

    sku: UUID
    quantity: Quantity
    day: date
    note: Line = ""


class ExpectedDay(Sent):
    """Another day."""

    day: date


class ArrivedIn(Sent):
    """How many have come, and into which house; fewer than expected: the rest will not."""

    quantity: Quantity
    house: UUID | None = Field(None, description="One of the asker's own (`GET /houses`)")
    marks: list[PiecesIn] = Field(
        [], max_length=MOST_MARKS, description="The pieces, of goods that are told apart"
    )


@router.get("/availability", response=list[AvailabilityOut])
def list_availability(
    request: TypedRequest,
    seller: Annotated[UUID, Query(description="Whose goods")],
    sku: Annotated[list[UUID], Query(min_length=1, max_length=MOST_ASKED)],
) -> list[AvailabilityOut]:
    """What of a seller's goods can be had now, and when more comes; of strangers' goods nothing."""
    at, asked = clock.now(), list(dict.fromkeys(sku))
    there = lying.available(asked, owner=seller, warehouse=seller, at=at)
    told = stock.outlook(asked, owner=seller, at=at)
    return [
        AvailabilityOut(
            sku=one,
            ready=told[one].ready if one in told else there[one],
            orderable=there[one],
            more=[
                MoreOut(day=day, quantity=come)
                for day, come in (told[one].more if one in told else ())
                if come > 0
            ],
        )
        for one in asked
    ]


@router.get("/orders/{ref}/waiting", response=list[WaitingOut])
def list_waiting_lines(request: TypedRequest, ref: Ref) -> list[WaitingOut]:
    """Which open lines of an order wait for goods, and until when; lines of goods that are not sold
    on back-order are not here: they are ready."""
    order = ordering.get(request.actor, id_or_number(ref))
    return [WaitingOut(**one._asdict()) for one in back_orders.of_order(order).values()]


@router.get("/to-send", response=list[DueOut])
def list_to_send(request: TypedRequest) -> list[ordering.Due]:
    """What the asker's house is to send of its confirmed orders, by wished day, the earliest first;
    of a line in parts what left counts for the first of them."""
    return ordering.to_send(request.actor)


@router.get("/back-orders", response=list[BackOrderOut])
def list_back_orders(request: TypedRequest) -> object:
    """For which of its goods the asker takes back-orders."""
    return stock.allowed(request.actor)


@router.get("/back-orders/queue", response=list[WaitingOut])
def list_queue(request: TypedRequest) -> list[WaitingOut]:
    """Who waits for the asker's goods; within goods in the order in which they are served."""
    return [WaitingOut(**one._asdict()) for one in back_orders.queue(request.actor.own_org)]


@router.put("/back-orders/{sku}", response=BackOrderSet)
def set_back_order(
    request: TypedRequest, sku: UUID, payload: BackOrderIn, key: Key
) -> HttpResponse:
    """Allow orders for more of a SKU than lies there; `more-waits` (409) for fewer than wait."""

    def do(at: datetime) -> tuple[int, BackOrderSet]:
        stock.allow(sku, payload.most, actor=request.actor, at=at)
        return 200, BackOrderSet(sku=sku, most=payload.most)

    return write(request, key, payload, do)


@router.get("/expected-goods", response=list[ExpectedOut])
def list_expected(request: TypedRequest) -> object:
    """What the asker still expects, the next first."""
    return stock.visible_to(request.actor).filter(status="OPEN")[:MOST_ASKED]


@router.post("/expected-goods", response={201: ExpectedOut})
def expect_goods(request: TypedRequest, payload: ExpectedIn, key: Key) -> HttpResponse:
    """Write down goods that will come: who waits, and who looks, reads the day."""

    def do(at: datetime) -> tuple[int, ExpectedOut]:
        found = stock.expect(
            payload.sku, payload.quantity, payload.day, note=payload.note,
            actor=request.actor, at=at,
        )  # fmt: skip
        return 201, ExpectedOut.from_orm(found)

    return write(request, key, payload, do)


@router.post("/expected-goods/{expected}/arrived", response=ExpectedOut)
def take_in(request: TypedRequest, expected: UUID, payload: ArrivedIn, key: Key) -> HttpResponse:
    """They are here: they serve the orders that wait, the first placed first."""
    return _done(
        request, key, payload,
        lambda at: back_orders.arrived(
            expected, payload.quantity, house=payload.house, marks=marked(payload.marks),
            actor=request.actor, at=at,
        ),
    )  # fmt: skip


@router.post("/expected-goods/{expected}/postpone", response=ExpectedOut)
def postpone_goods(
    request: TypedRequest, expected: UUID, payload: ExpectedDay, key: Key
) -> HttpResponse:
    """They come by another day."""
    return _done(
        request, key, payload,
        lambda at: stock.postpone(expected, payload.day, actor=request.actor, at=at),
    )  # fmt: skip


@router.post("/expected-goods/{expected}/call-off", response=ExpectedOut)
def call_off_goods(request: TypedRequest, expected: UUID, key: Key) -> HttpResponse:
    """They will not come."""
    return _done(
        request, key, None, lambda at: stock.call_off(expected, actor=request.actor, at=at)
    )


def _done(
    request: TypedRequest, key: str, payload: Sent | None, deed: Callable[[datetime], object]
) -> HttpResponse:
    return write(request, key, payload, lambda at: (200, ExpectedOut.from_orm(deed(at))))
