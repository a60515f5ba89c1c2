"""What goes of an order: shipped by its seller, or struck because it will not come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import MOST_LINES, Line, Number, Quantity, Ref, Sent, Text, id_or_number
from heliu.api.marks import MOST_MARKS, PiecesIn, marked
from heliu.api.orders import OrderDetail, order_detail, order_id_of
from heliu.api.shipments import ShipmentOut
from heliu.api.writes import Key, write
from heliu.commerce.ordering import queries
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import Invalid
from heliu.trade import consignments, deliveries, striking

router = Router()


class ShipLine(Sent):
    """How much of a line of the order leaves."""

    line: Number = Field(description="Id of the order's line")
    quantity: Quantity


class SentLine(ShipLine):
    """How much of a line leaves now, and which pieces where they are told apart."""

    marks: list[PiecesIn] = Field(
        [], max_length=MOST_MARKS, description="Empty: the first expiring ones"
    )


class Dispatch(Sent):
    """Goods that leave the seller now."""

    carrier: Line = Field("", description="Who carries them, where it has no desk here")
    carrier_id: UUID | None = Field(None, description="A carrier with a desk here; it is told")
    house: UUID | None = Field(
        None, description="Out of which of the seller's houses (`GET /houses`); null: out of any"
    )
    lines: list[SentLine] | None = Field(
        None, min_length=1, max_length=MOST_LINES, description="Null: all that is open"
    )


class StruckIn(Sent):
    """What of an order will not be delivered, and why."""

    reason: Text = Field(min_length=1)
    lines: list[ShipLine] = Field(min_length=1, max_length=MOST_LINES)


class ConsignmentOut(Schema):
    """A shipment of an order with the invoice that is owed for it; amounts in minor units."""

    shipment: ShipmentOut
    house: str = Field(description="Where it came from; empty when that was not said")
    pieces: int
    value: int
    invoice: str = Field(description="Its number; empty when nothing is owed by invoice")
    due_on: date | None
    owed: int = Field(description="What of the invoice is open")


@router.post("/orders/{ref}/ship", response={201: ShipmentOut})
def ship_order(request: TypedRequest, ref: Ref, payload: Dispatch, key: Key) -> HttpResponse:
    """The seller sends goods off; those of a financed order once the seller has its money."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, ShipmentOut]:
        shipment = deliveries.ship(
            order_id_of(actor, ref),
            actor=actor,
            carrier=payload.carrier.strip(),
            carrier_id=payload.carrier_id,
            house=payload.house,
            lines=_quantities(payload.lines) if payload.lines else None,
            marks={one.line: marked(one.marks) for one in payload.lines or () if one.marks},
            at=at,
        )
        return 201, ShipmentOut.from_orm(shipment)

    return write(request, key, payload, do)


@router.post("/orders/{ref}/strike", response=OrderDetail)
def strike_lines(request: TypedRequest, ref: Ref, payload: StruckIn, key: Key) -> HttpResponse:
    """The seller will not deliver these quantities: goods, credit and budgets are free at once.

    What was paid of them by transfer it owes back. `strike-all` (409): call the order off instead;
    `financed-whole` (409): a bank has paid for all of it.
    """
    actor = request.actor

    def do(at: datetime) -> tuple[int, OrderDetail]:
        lines = _quantities(payload.lines)
        striking.strike(
            order_id_of(actor, ref), lines=lines, reason=payload.reason, actor=actor, at=at
        )
        return 200, order_detail(actor, ref)

    return write(request, key, payload, do)


@router.get("/orders/{ref}/consignments", response=list[ConsignmentOut])
def list_consignments(request: TypedRequest, ref: Ref) -> list[ConsignmentOut]:
    """What went of an order so far, each with its invoice, oldest first."""
    order = queries.get(request.actor, id_or_number(ref))
    return [
        ConsignmentOut(
            shipment=ShipmentOut.from_orm(one.shipment),
            house=one.house.display if one.house else "",
            pieces=one.pieces,
            value=one.value,
            invoice=one.invoice.number if one.invoice else "",
            due_on=one.invoice.due_on if one.invoice else None,
            owed=one.invoice.left if one.invoice else 0,
        )
        for one in consignments.of_order(request.actor, order)
    ]


def _quantities(lines: Sequence[ShipLine]) -> dict[int, int]:
    quantities = {one.line: one.quantity for one in lines}
    if len(quantities) < len(lines):
        raise Invalid("line-twice", "Each line of the order stands here once.", field="lines")
    return quantities
