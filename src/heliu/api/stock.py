"""What lies where, whose it is, and whether it may be taken."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Counted, Goods, Quantity, Sent, Text
from heliu.api.marks import MOST_MARKS, PiecesIn, marked
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.logistics.stock import counting, queries
from heliu.logistics.stock.policies import Marked
from heliu.logistics.warehousing import operations as warehousing
from heliu.logistics.warehousing import queries as houses

router = Router()

Quality = Literal["GOOD", "DAMAGED"]
MOST_MOVES = 200


class StockRowOut(Schema):
    """Goods of one kind in one place, of one owner, quality and encumbrance."""

    id: UUID
    sku: Goods
    warehouse: UUID = Field(description="The organisation that keeps them")
    bin: UUID | None
    lot: str
    owner: UUID
    quality: Quality
    quantity: int
    pledge: UUID | None = Field(description="The pledge that binds them")
    pledgee: UUID | None
    since: datetime


class PickIn(Sent):
    """What somebody wants to take out of a bin."""

    row: UUID = Field(description="Id of the row of stock")
    quantity: Quantity


class StockCountIn(Sent):
    """What was counted of the goods in a row, and why it was counted."""

    counted: Counted | None = Field(None, description="Of goods that are not told apart")
    pieces: Annotated[list[PiecesIn], Field(max_length=MOST_MARKS)] | None = Field(
        None, description="Of goods that are told apart: all that lie there"
    )
    reason: Text = Field(min_length=1, max_length=200)


class BinOut(Schema):
    """A place in a house; damaged goods belong in quarantine."""

    id: UUID
    code: str = Field(description="As it is written on the bin")
    is_dock: bool
    is_quarantine: bool


class HouseOut(Schema):
    """A house in which the asker keeps goods."""

    id: UUID
    code: str
    name: str
    name_zh: str


class MoveIn(Sent):
    """A quantity of the goods in a row, and the bin it is put into."""

    row: UUID = Field(description="Id of the row of stock")
    bin: UUID = Field(description="Id of another bin of the same house")
    quantity: Quantity
    pieces: Annotated[list[PiecesIn], Field(max_length=MOST_MARKS)] = Field(
        default=[],
        description="Of goods that are told apart, which; where none are named the first expiring"
        " ones go",
    )


class MovesIn(Sent):
    """Movements that are made together."""

    moves: Annotated[list[MoveIn], Field(min_length=1, max_length=MOST_MOVES)]


class MovedOut(Schema):
    """The row that goods are in now, and how much is there with them."""

    row: UUID
    bin: UUID | None
    quantity: int


class MovesOut(Schema):
    """Where the goods of each movement are, in its order."""

    moves: list[MovedOut]


class VerdictOut(Schema):
    """Go or stop. A stop is an answer and is kept, like a go."""

    go: bool
    code: str = Field(description="Stable: go, pledged, quarantined, too-many, promised …")
    words: str = Field(description="What to do now, in the reader's language")


@router.get("/stock", response=Page[StockRowOut])
def list_stock(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    owner: Annotated[UUID | None, Query(description="Only of this owner")] = None,
    warehouse: Annotated[UUID | None, Query(description="Only kept by this organisation")] = None,
    sku: Annotated[UUID | None, Query(description="Only of this SKU")] = None,
    pledged: Annotated[bool | None, Query(description="Only what is bound, or is free")] = None,
) -> dict[str, object]:
    """Goods the asker owns, keeps or has a pledge on, the oldest first."""
    rows = queries.on_hand(
        request.actor, owner=owner, warehouse=warehouse, skus=[sku] if sku else None
    )
    rows = rows if pledged is None else rows.filter(pledge__isnull=not pledged)
    return page(request, response, rows, paging, by=("since", "id"), show=StockRowOut.from_orm)


@router.get("/bins", response=Page[BinOut])
def list_bins(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The bins of the asker's own houses."""
    rows = houses.own_bins(request.actor)
    return page(request, response, rows, paging, by=("code", "id"), show=BinOut.from_orm)


@router.get("/houses", response=list[HouseOut])
def list_houses(request: TypedRequest) -> list[HouseOut]:
    """The asker's own houses, out of which its consignments go."""
    return [
        HouseOut(id=one.pk, code=one.code, name=one.name, name_zh=one.name_zh)
        for one in houses.own_houses(request.actor)
    ]


@router.post("/stock-moves", response={201: MovesOut})
def move_stock(request: TypedRequest, payload: MovesIn, key: Key) -> HttpResponse:
    """Put goods into other bins of their house, all of them or none; they stay whose they are.

    Goods of others that a receipt names stay where it says.
    """

    def do(at: datetime) -> tuple[int, MovesOut]:
        rows = warehousing.put(
            [
                warehousing.Put(move.row, move.bin, move.quantity, marked(move.pieces))
                for move in payload.moves
            ],
            actor=request.actor,
            at=at,
        )
        return 201, MovesOut(
            moves=[MovedOut(row=row.id, bin=row.bin, quantity=row.quantity) for row in rows]
        )

    return write(request, key, payload, do)


@router.post("/stock/{row}/count", response=StockRowOut)
def count_stock(request: TypedRequest, row: UUID, payload: StockCountIn, key: Key) -> HttpResponse:
    """The keeper sets goods in its house to what it counted; the owner is told of a difference.

    Goods that are told apart are counted by their `pieces`, others by a number (`count-unclear`
    says which). `row-pledged`, `stock-short` (409): pledged and promised goods stay.
    """
    actor = request.actor

    def do(at: datetime) -> tuple[int, StockRowOut]:
        said = payload.pieces
        pieces = [Marked(one.code, one.quantity, one.good_until) for one in said or ()]
        made = counting.recount(
            row, actor=actor, counted=payload.counted,
            pieces=None if said is None else pieces, reason=payload.reason,
            key=f"count:{row}:{key}", at=at,
        )  # fmt: skip
        return 200, StockRowOut.from_orm(made)

    return write(request, key, payload, do)


@router.post("/picks", response=VerdictOut)
def pick(request: TypedRequest, payload: PickIn, key: Key) -> HttpResponse:
    """The keeper asks to take goods out of a bin: go, or stop and why. Pledged goods never go.

    They leave the stock only when they are handed over.
    """

    def do(at: datetime) -> tuple[int, VerdictOut]:
        verdict = warehousing.pick(
            actor=request.actor, row_id=payload.row, quantity=payload.quantity, at=at
        )
        return 200, VerdictOut(go=verdict.go, code=verdict.code, words=verdict.words)

    return write(request, key, payload, do)
