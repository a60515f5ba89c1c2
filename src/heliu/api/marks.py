"""Lots and serial numbers of goods that are told apart, and all that happened to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Query, Router, Schema

from heliu.api.fields import PRINTABLE, Plain, Quantity, Ref, Sent, id_or_number
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import NotFound
from heliu.logistics.stock import queries as stock
from heliu.logistics.stock.policies import Marked
from heliu.logistics.transport import queries as transport
from heliu.trade import tracing

router = Router()

MarkCode = Annotated[str, Field(min_length=1, max_length=40, pattern=PRINTABLE)]
MOST_MARKS = 2_000


class PiecesIn(Sent):
    """Pieces of a lot, or the one piece of a serial number."""

    code: MarkCode
    quantity: Quantity = 1
    good_until: date | None = Field(None, description="Of a lot that comes in: its last day")


class TracedMark(Schema):
    """A lot or serial number that is on record."""

    id: UUID
    sku: UUID
    article: str = Field(description="Code of the article")
    code: str
    is_serial: bool
    good_until: date | None
    came_at: datetime

    @staticmethod
    def resolve_sku(mark: Any) -> UUID:
        """The article's id."""
        return UUID(str(mark["sku"] if isinstance(mark, dict) else mark.sku_id))


class PlaceOfMark(Plain):
    """Pieces of it at one place."""

    owner: str
    warehouse: str
    away: str = Field(description="How they are where they lie in no house, in words")
    quantity: int


class HappenedOut(Plain):
    """One thing that happened to pieces of it."""

    at: datetime
    kind: str = Field(
        description="supplied, shipped, received, moved, released, handed-over, adjusted, case or"
        " return"
    )
    quantity: int
    giver: str
    owner: str
    warehouse: str
    is_damaged: bool
    number: str = Field(description="Of the paper it happened by; empty where the asker has none")


class MarkHistory(TracedMark):
    """A lot or serial number with where its pieces are and were, the newest first."""

    places: list[PlaceOfMark]
    happened: list[HappenedOut]


class PiecesSent(Plain):
    """Pieces of a mark in a shipment."""

    sku: UUID
    code: str
    quantity: int


def marked(given: list[PiecesIn]) -> tuple[Marked, ...]:
    """What was sent, as operations take it."""
    return tuple(Marked(one.code.strip(), one.quantity, one.good_until) for one in given)


@router.get("/marks", response=list[TracedMark])
def find_marks(
    request: TypedRequest,
    code: Annotated[str, Query(min_length=1, max_length=40, pattern=PRINTABLE)],
) -> object:
    """The lots and serial numbers of this name among the asker's articles and goods; an operator
    finds all."""
    return tracing.find(request.actor, code)


@router.get("/marks/{mark}", response=MarkHistory)
def get_mark(request: TypedRequest, mark: UUID) -> dict[str, Any]:
    """All that the asker may know of a lot or serial number."""
    found = stock.marks_visible_to(request.actor).filter(pk=mark).first()
    if found is None:
        raise NotFound()
    told = tracing.history(request.actor, found)
    same = ("id", "article", "code", "is_serial", "good_until", "came_at")
    return {name: getattr(found, name) for name in same} | {
        "sku": found.sku_id,
        "places": [
            {
                "owner": _name(one.owner), "warehouse": _name(one.warehouse), "away": one.away,
                "quantity": one.quantity,
            }
            for one in told.places
        ],
        "happened": [
            {
                "at": one.at, "kind": one.kind, "quantity": one.quantity,
                "giver": _name(one.giver), "owner": _name(one.owner),
                "warehouse": _name(one.warehouse), "is_damaged": one.is_damaged,
                "number": one.number,
            }
            for one in told.happened
        ],
    }  # fmt: skip


@router.get("/shipments/{ref}/marks", response=list[PiecesSent])
def list_shipment_marks(request: TypedRequest, ref: Ref) -> list[PiecesSent]:
    """Which pieces are on their way in a shipment, of goods that are told apart."""
    found = transport.get(request.actor, id_or_number(ref))
    return [
        PiecesSent(sku=sku, code=code, quantity=quantity)
        for sku, pieces in tracing.of_shipment(request.actor, found.pk).items()
        for code, quantity in pieces
    ]


def _name(house: Any) -> str:
    return house.display if house else ""
