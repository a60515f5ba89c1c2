"""Returns and claims: goods given back or kept for less, and what is given for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import (
    MOST_LINES,
    Amount,
    Counted,
    Goods,
    Number,
    Plain,
    Quantity,
    Ref,
    Sent,
    Text,
    id_or_number,
)
from heliu.api.marks import MOST_MARKS, MarkCode, PiecesIn, marked
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.commerce.returns import queries
from heliu.commerce.returns.policies import Judged
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import Invalid
from heliu.trade import returns

router = Router()

ReturnRemedy = Literal["CREDIT", "REPLACEMENT", "ALLOWANCE"]
ReturnStatus = Literal[
    "ASKED", "AGREED", "REFUSED", "WITHDRAWN", "SENT", "JUDGED", "REPLACING", "SETTLED"
]
Act = Literal["agree", "refuse", "withdraw", "send", "replace", "come", "refund"]


class ReturnLineOut(Plain):
    """How much of a line of the order, and what the warehouse found."""

    position: int = Field(description="Of the order's line")
    sku: Goods
    quantity: int
    unit_price: int = Field(description="Minor units")
    good: int
    damaged: int
    missing: int
    accepted: int = Field(description="What the buyer gets something for")
    marks: list[str] = Field(description="Serial numbers, of goods that have such")


class ReturnOut(Schema):
    """A return or a claim."""

    id: UUID
    number: str
    case: UUID | None
    buyer: UUID
    seller: UUID
    order_id: UUID
    order_number: str
    remedy: ReturnRemedy
    status: ReturnStatus
    reason: str
    answer: str
    amount: int = Field(description="What is asked for, in minor units")
    credited: int = Field(description="What was given for it, in minor units")
    refund: int = Field(description="What of that had been paid and is owed back")
    refund_by_bank: bool
    asked_at: datetime
    decided_at: datetime | None
    sent_at: datetime | None
    judged_at: datetime | None
    ended_at: datetime | None


class ReturnDetail(ReturnOut):
    """With its lines."""

    lines: list[ReturnLineOut]

    @staticmethod
    def resolve_lines(found: Any) -> list[Any]:
        """In the order's own order."""
        return list(found.lines.all())


class ReturnLineIn(Sent):
    """So many pieces of a line of the order."""

    position: Number
    quantity: Quantity
    marks: list[MarkCode] = Field(
        [], max_length=MOST_MARKS, description="The serial number of each piece, if it has one"
    )


class ReturnIn(Sent):
    """What is to be given back or kept for less, and for what."""

    remedy: ReturnRemedy
    lines: list[ReturnLineIn] = Field(min_length=1, max_length=MOST_LINES)
    reason: Text = Field(min_length=1)
    allowance: Amount | None = Field(None, description="Only of goods that are kept")
    case: UUID | None = None


class ReturnAct(Sent):
    """Seller: agree, refuse (with a reason), replace, refund (by the bank). Buyer: withdraw, send,
    come (the new goods are here)."""

    act: Act
    reason: Text = ""


class JudgedIn(Sent):
    """What came of a line, and what of it is accepted."""

    position: Number
    good: Counted
    damaged: Counted
    accepted: Counted
    good_marks: list[PiecesIn] = Field(
        [], max_length=MOST_MARKS, description="Which, where some came good and others did not"
    )
    damaged_marks: list[PiecesIn] = Field([], max_length=MOST_MARKS)


class JudgementIn(Sent):
    """Every line of the return."""

    lines: list[JudgedIn] = Field(min_length=1, max_length=MOST_LINES)


@router.get("/returns", response=Page[ReturnOut])
def list_returns(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[ReturnStatus | None, Query(description="Only in this state")] = None,
) -> dict[str, object]:
    """The returns of the asker's houses, the newest first."""
    rows = queries.visible_to(request.actor)
    rows = rows.filter(status=status) if status else rows
    by = ("-asked_at", "-id")
    return page(request, response, rows, paging, by=by, show=ReturnOut.from_orm)


@router.get("/returns/{ref}", response=ReturnDetail)
def get_return(request: TypedRequest, ref: Ref) -> object:
    """One return with its lines."""
    return queries.get(request.actor, id_or_number(ref))


@router.post("/orders/{ref}/returns", response={201: ReturnDetail})
def ask_return(request: TypedRequest, ref: Ref, payload: ReturnIn, key: Key) -> HttpResponse:
    """The buyer asks. No more is given back than came good (409, more-than-received)."""
    quantities = {one.position: one.quantity for one in payload.lines}
    if len(quantities) < len(payload.lines):
        raise Invalid("line-twice", "A line stands there twice.", field="lines")

    def do(at: datetime) -> tuple[int, ReturnDetail]:
        made = returns.ask(
            id_or_number(ref), actor=request.actor, remedy=payload.remedy, quantities=quantities,
            reason=payload.reason, allowance=payload.allowance or 0, case=payload.case,
            marks={one.position: one.marks for one in payload.lines if one.marks}, at=at,
        )  # fmt: skip
        return 201, _shown(request, made.pk)

    return write(request, key, payload, do)


@router.post("/returns/{ref}/act", response=ReturnDetail)
def act_on_return(request: TypedRequest, ref: Ref, payload: ReturnAct, key: Key) -> HttpResponse:
    """Lead a return on, as one's side may. A yes that others of the house must agree to leaves it
    asked for until they have."""
    found = queries.get(request.actor, id_or_number(ref))
    acts: dict[str, Callable[..., object]] = {
        "withdraw": returns.withdraw,
        "send": returns.send,
        "replace": returns.replace,
        "come": returns.come,
        "refund": returns.refund,
    }

    def do(at: datetime) -> tuple[int, ReturnDetail]:
        actor = request.actor
        if payload.act == "agree":
            returns.agree(found.pk, actor=actor, answer=payload.reason, at=at)
        elif payload.act == "refuse":
            returns.refuse(found.pk, actor=actor, reason=payload.reason, at=at)
        else:
            acts[payload.act](found.pk, actor=actor, at=at)
        return 200, _shown(request, found.pk)

    return write(request, key, payload, do)


@router.post("/returns/{ref}/receipt", response=ReturnDetail)
def receive_return(request: TypedRequest, ref: Ref, payload: JudgementIn, key: Key) -> HttpResponse:
    """The seller's warehouse counts and judges what came back; what is accepted is credited."""
    judged = [Judged(one.position, one.good, one.damaged, one.accepted) for one in payload.lines]
    came = {
        one.position: (marked(one.good_marks), marked(one.damaged_marks)) for one in payload.lines
    }
    found = queries.get(request.actor, id_or_number(ref))

    def do(at: datetime) -> tuple[int, ReturnDetail]:
        returns.receive(found.pk, judged, came=came, actor=request.actor, at=at)
        return 200, _shown(request, found.pk)

    return write(request, key, payload, do)


def _shown(request: TypedRequest, found: UUID) -> ReturnDetail:
    return ReturnDetail.from_orm(queries.get(request.actor, found))
