"""Goods on their way, and what the keeper counts when they come."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.addresses import PlaceOut
from heliu.api.fields import MOST_LINES, Counted, Goods, Ref, Sent, id_or_number
from heliu.api.marks import MOST_MARKS, PiecesIn, marked
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.logistics.transport import queries
from heliu.logistics.warehousing.operations import Received
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deliveries

router = Router()

ShipmentStatus = Literal["IN_TRANSIT", "ARRIVED", "RECEIVED"]


class ShipmentOut(Schema):
    """Goods that leave one warehouse for another."""

    id: UUID
    number: str
    order_id: UUID
    deal: UUID | None
    sender: UUID
    warehouse: UUID = Field(description="The organisation that receives them")
    owner: UUID = Field(description="Who holds title on the way")
    lender: UUID | None
    status: ShipmentStatus
    carrier_name: str
    origin: UUID | None = Field(description="The sender's house they came out of, if it was named")
    dispatched_at: datetime
    arrived_at: datetime | None
    received_at: datetime | None


class ShipmentLineOut(Schema):
    """One kind of goods in a shipment."""

    id: UUID
    position: int
    order_line: int
    sku: Goods
    quantity: int


class MilestoneOut(Schema):
    """Something seen of a shipment."""

    kind: str = Field(description="PICKED_UP, DEPARTED, AT_HUB, OUT, ARRIVED or DELIVERED")
    at: datetime
    place: str
    actor_name: str


class ShipmentDetail(ShipmentOut):
    """A shipment with what it carries and what was seen of it."""

    ship_to: PlaceOut | None = Field(description="Where its order goes; null: to the warehouse")
    lines: list[ShipmentLineOut]
    milestones: list[MilestoneOut]


class CountIn(Sent):
    """What was counted of one line; what is neither good nor damaged is missing."""

    line: UUID = Field(description="Id of the shipment's line")
    good: Counted
    damaged: Counted = 0
    good_marks: list[PiecesIn] = Field(
        [], max_length=MOST_MARKS, description="Which, where some came good and others did not"
    )
    damaged_marks: list[PiecesIn] = Field([], max_length=MOST_MARKS)


class CountsIn(Sent):
    """A count of the whole shipment: every line once."""

    counts: list[CountIn] = Field(min_length=1, max_length=MOST_LINES)


class ReceivedOut(Schema):
    """What the count came to. Financed goods are pledged from this moment."""

    shipment: ShipmentOut
    receipt_number: str = Field(description="The warehouse receipt; empty when nothing came good")
    good: dict[str, int] = Field(description="By id of the order's line")
    damaged: dict[str, int]
    missing: dict[str, int]


@router.get("/shipments", response=Page[ShipmentOut])
def list_shipments(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[ShipmentStatus | None, Query(description="Only in this state")] = None,
    order: Annotated[UUID | None, Query(description="Only of this order")] = None,
) -> dict[str, object]:
    """The shipments the asker sends, receives, owns or has lent for, newest first."""
    rows = queries.visible_to(request.actor)
    for name, value in (("status", status), ("order_id", order)):
        if value:
            rows = rows.filter(**{name: value})
    by = ("-dispatched_at", "-id")
    return page(request, response, rows, paging, by=by, show=ShipmentOut.from_orm)


@router.get("/shipments/{ref}", response=ShipmentDetail)
def get_shipment(request: TypedRequest, ref: Ref) -> object:
    """One shipment with its lines and milestones."""
    return queries.get(request.actor, id_or_number(ref))


@router.post("/shipments/{ref}/arrived", response=ShipmentOut)
def note_arrival(request: TypedRequest, ref: Ref, key: Key) -> HttpResponse:
    """The keeper sees the shipment at the gate."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, ShipmentOut]:
        shipment = deliveries.arrived(_id(actor, ref), actor=actor, at=at)
        return 200, ShipmentOut.from_orm(shipment)

    return write(request, key, None, do)


@router.post("/shipments/{ref}/receive", response={201: ReceivedOut})
def receive_shipment(request: TypedRequest, ref: Ref, payload: CountsIn, key: Key) -> HttpResponse:
    """The keeper counts the goods in. Good ones are stored and a receipt is issued.

    Those of a financed order are pledged in the same moment; for what is short or damaged the
    seller owes a refund.
    """
    actor = request.actor

    def do(at: datetime) -> tuple[int, ReceivedOut]:
        shipment_id = _id(actor, ref)
        counts = [
            Count(
                one.line, one.good, one.damaged,
                marked(one.good_marks), marked(one.damaged_marks),
            )
            for one in payload.counts
        ]  # fmt: skip
        received = deliveries.goods_received(shipment_id, actor=actor, counts=counts, at=at)
        return 201, _shown(actor, shipment_id, received)

    return write(request, key, payload, do)


def _id(actor: Actor, ref: str) -> UUID:
    return queries.get(actor, id_or_number(ref)).pk


def _shown(actor: Actor, shipment_id: UUID, received: Received) -> ReceivedOut:
    return ReceivedOut(
        shipment=ShipmentOut.from_orm(queries.get(actor, shipment_id)),
        receipt_number=received.receipt.number if received.receipt else "",
        good=_by_line(received.good),
        damaged=_by_line(received.damaged),
        missing=_by_line(received.short),
    )


def _by_line(quantities: dict[int, int]) -> dict[str, int]:
    return {str(line): quantity for line, quantity in quantities.items()}
