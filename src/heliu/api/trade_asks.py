"""Who trades with whom: a dealer asks a seller, the seller answers; and the branches of a house."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from heliu.api.fields import PRINTABLE, Flag, Sent, Text
from heliu.api.paging import Page, Paging, page
from heliu.api.parties import OrganizationOut
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.joining import queries
from heliu.kernel.joining.operations import asks as asking
from heliu.kernel.parties import queries as parties
from heliu.trade import asks, branches, closing_houses

router = Router()

HouseCode = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,40}$", description="Code of a house")]
AskState = Literal["ASKED", "AGREED", "REFUSED", "WITHDRAWN"]


class SellerToAsk(Schema):
    """A seller that the asker does not trade with and may ask."""

    id: UUID
    code: str
    name: str
    name_zh: str
    city: str
    is_open: bool = Field(description="Its rule answers at once")


class TradeAskIn(Sent):
    """A question to a seller, with a word to it."""

    seller: UUID
    words: Text = ""


class TradeAskOut(Schema):
    """A dealer asks a seller to trade with it."""

    id: UUID
    buyer: UUID
    seller: UUID
    words: str
    status: AskState
    asked_by_name: str
    asked_at: datetime
    reason: str
    answered_by_name: str = Field(description="Empty where a rule answered")
    answered_at: datetime | None
    related_at: datetime | None = Field(description="Since when the dealer may order")


class TradeAnswer(Sent):
    """The seller's word; a no needs its reason."""

    agrees: Flag
    reason: Text = ""


class HouseStandIn(Sent):
    """What the operator does with a house, and why; it is told."""

    act: Literal["suspend", "resume", "close"]
    reason: Text = Field(min_length=1)


class HouseStood(Schema):
    """The status of the house now; to close for good another person is asked first."""

    status: str = Field(description="ACTIVE, SUSPENDED or CLOSED; empty while others are asked")
    approval: UUID | None = Field(description="The question to the others (`/approvals`)")


class BranchIn(Sent):
    """A branch to open below the asker's house."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,12}$", description="Behind the house's")]
    name: Annotated[str, Field(min_length=1, max_length=60, pattern=PRINTABLE)]
    name_zh: Annotated[str, Field(max_length=60, pattern=PRINTABLE)] = ""
    city: Annotated[str, Field(max_length=60, pattern=PRINTABLE)] = ""
    address: Annotated[str, Field(max_length=200, pattern=PRINTABLE)] = ""


@router.get("/sellers-to-ask", response=list[SellerToAsk])
def list_sellers_to_ask(
    request: TypedRequest,
    q: Annotated[
        str,
        Query(max_length=80, pattern=PRINTABLE, description="A part of the name, or a whole code"),
    ] = "",
) -> object:
    """Sellers that the asker may ask to trade with it: those listed, or one by its code."""
    request.actor.require("manage")
    return queries.sellers_to_ask(q)


@router.get("/trade-asks", response=Page[TradeAskOut])
def list_trade_asks(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[AskState | None, Query(description="Only in this state")] = None,
) -> dict[str, Any]:
    """What the asker's houses ask, or are asked, the newest first."""
    rows = queries.asks(request.actor)
    rows = rows.filter(status=status) if status else rows
    by = ("-asked_at", "-id")
    return page(request, response, rows, paging, by=by, show=TradeAskOut.from_orm)


@router.post("/trade-asks", response={201: TradeAskOut})
def ask_to_trade(request: TypedRequest, payload: TradeAskIn, key: Key) -> HttpResponse:
    """Ask a seller to trade with the asker's house. Where its rule answers it may order in a
    moment; `asked-already` (409)."""

    def do(at: datetime) -> tuple[int, TradeAskOut]:
        made = asks.ask(str(payload.seller), words=payload.words, actor=request.actor, at=at)
        return 201, TradeAskOut.from_orm(made)

    return write(request, key, payload, do)


@router.post("/trade-asks/{ask}/answer", response=TradeAskOut)
def answer_trade_ask(
    request: TypedRequest, ask: UUID, payload: TradeAnswer, key: Key
) -> HttpResponse:
    """The seller agrees, and the dealer may order in a moment; or it does not."""

    def do(at: datetime) -> tuple[int, TradeAskOut]:
        done = asks.answer(ask, actor=request.actor, at=at, **payload.model_dump())
        return 200, TradeAskOut.from_orm(done)

    return write(request, key, payload, do)


@router.post("/trade-asks/{ask}/withdraw", response=TradeAskOut)
def withdraw_trade_ask(request: TypedRequest, ask: UUID, key: Key) -> HttpResponse:
    """The dealer takes its question back."""

    def do(at: datetime) -> tuple[int, TradeAskOut]:
        return 200, TradeAskOut.from_orm(asking.withdraw(ask, actor=request.actor, at=at))

    return write(request, key, None, do)


@router.post("/organizations/{code}/standing", response=HouseStood)
def set_standing(
    request: TypedRequest, code: HouseCode, payload: HouseStandIn, key: Key
) -> HttpResponse:
    """The operator suspends a house, lets it in again, or closes it for good. While a seller is
    suspended its relationships pause; to close, another person of the operator must agree."""

    def do(at: datetime) -> tuple[int, HouseStood]:
        said = closing_houses.stand(code, actor=request.actor, at=at, **payload.model_dump())
        return 200, HouseStood(status=said.status, approval=said.asked.pk if said.asked else None)

    return write(request, key, payload, do)


@router.get("/branches", response=list[OrganizationOut])
def list_branches(request: TypedRequest) -> object:
    """What stands right below the asker's house, by code."""
    return parties.branches(request.actor)


@router.post("/branches", response={201: OrganizationOut})
def open_branch(request: TypedRequest, payload: BranchIn, key: Key) -> HttpResponse:
    """Open a branch: it buys as the house does. `branches-enough` (409): the operator's limit."""

    def do(at: datetime) -> tuple[int, OrganizationOut]:
        made = branches.open_branch(actor=request.actor, at=at, **payload.model_dump())
        return 201, OrganizationOut.from_orm(made)

    return write(request, key, payload, do)
