"""Orders that others of the buyer's house must agree to, and who stands in for whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import field_validator

from heliu.api.fields import (
    MOST_LINES,
    Counted,
    Goods,
    Number,
    Plain,
    Ref,
    Sent,
    Text,
    id_or_number,
)
from heliu.api.order_lines import PartOut, in_request, read_lines, refuse_unknown, require_theirs
from heliu.api.orders import NewOrder, OrderPlaced, shown, wished_days
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.commerce.ordering.parts import read
from heliu.commerce.spending import queries
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals import queries as questions
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.trade import purchases

router = Router()


class NewPurchase(NewOrder):
    """An order to ask the others of the house about."""

    reason: Text = Field(min_length=1, description="Why it is needed; those who are asked read it")


class PurchaseOut(Schema):
    """An order before it is one. Once all have agreed it is an order of the same id."""

    id: UUID
    number: str
    seller: UUID
    pay_by: Literal["TRANSFER", "TERMS", "FINANCE"]
    remark: str = Field(description="What the seller will read")
    external_id: str = Field(description="The number of the buyer's own that the order will bear")
    wanted_on: date | None = Field(description="The day on which the goods are wished")
    address: UUID | None = Field(description="Where in the house's book it goes; null: default")
    cost_centre: UUID | None
    total: int = Field(description="Of the lines that were not struck, in minor units")
    status: Literal["WAITING", "AGREED", "PLACED", "REFUSED", "WITHDRAWN", "EXPIRED"]
    problem: str = Field(description="Why it could not be placed when all had agreed")
    reason: str
    asked_by_name: str
    asked_at: datetime
    kept_until: datetime = Field(description="Prices are kept until then")
    ended_at: datetime | None


class PurchaseLineOut(Plain):
    """A line at the price that is kept."""

    position: int
    sku: Goods
    quantity: int
    unit_price: int
    amount: int
    wanted_on: date | None = Field(description="A day of its own; null: the request's")
    parts: list[PartOut] = Field(description="Where it is wished by several days; else empty")
    struck_by_name: str = Field(description="Empty while it is to be ordered")
    struck_reason: str

    @field_validator("parts", mode="before")
    @classmethod
    def _parts(cls, told: Any) -> Any:
        return list(read(told))


class PurchaseDetail(PurchaseOut):
    """With its lines, and the question the others answer (`/approvals`)."""

    lines: list[PurchaseLineOut]
    approval: UUID | None = Field(description="While it waits")


class Strike(Sent):
    """Which line is taken out, and why."""

    position: Number
    reason: Text = Field(min_length=1)


class PurchaseLineChange(Sent):
    """How much of a line is wanted now; 0 takes it out."""

    position: Number
    quantity: Counted


class PurchaseChange(Sent):
    """Other quantities; lines that are not named stay."""

    lines: list[PurchaseLineChange] = Field(min_length=1, max_length=MOST_LINES)


class DelegationIn(Sent):
    """Who agrees in one's place, from a day to a day, both within."""

    deputy: UUID
    starts: date
    ends: date


class DelegationOut(Schema):
    """Who of the asker's house stands in for whom."""

    id: UUID
    person: UUID
    person_name: str
    deputy: UUID
    deputy_name: str
    starts: date
    ends: date
    ended_at: datetime | None


@router.get("/purchase-requests", response=Page[PurchaseOut])
def list_purchases(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The purchase requests of the asker's house, newest first."""
    rows = queries.requests(request.actor)
    by = ("-asked_at", "-id")
    return page(request, response, rows, paging, by=by, show=_shown)


@router.post("/purchase-requests", response={201: PurchaseDetail})
def ask_purchase(request: TypedRequest, payload: NewPurchase, key: Key) -> HttpResponse:
    """Ask those who must agree by the rules of the house (`POST /orders` says `approval-needed`).

    `nobody-to-ask` (409) says that the order may be placed at once. The prices are kept while it
    waits; with the last yes (`/approvals`) it is placed.
    """
    actor = request.actor

    def do(at: datetime) -> tuple[int, PurchaseDetail]:
        require_theirs(actor.own_org, payload.seller, payload.currency)
        wanted = read_lines(actor, payload.seller, payload.lines)
        refuse_unknown(actor, payload.seller, wanted)
        said = payload.model_dump(exclude={"lines", "currency", "wanted_on", "waiting"})
        try:
            made = purchases.ask(
                actor=actor,
                lines=wanted.found,
                **wished_days(payload, wanted, at)._asdict(),
                at=at,
                **said,
            )
        except Refused as refusal:
            in_request(refusal, wanted)
            raise
        return 201, detail(made)

    return write(request, key, payload, do)


@router.get("/purchase-requests/{ref}", response=PurchaseDetail)
def get_purchase(request: TypedRequest, ref: Ref) -> object:
    """One of them with its lines."""
    return detail(_found(request, ref))


@router.post("/purchase-requests/{ref}/strike", response=PurchaseDetail)
def strike_line(request: TypedRequest, ref: Ref, payload: Strike, key: Key) -> HttpResponse:
    """Somebody whose word is asked for takes a line out; the rest may still be agreed to."""

    def do(at: datetime) -> tuple[int, PurchaseDetail]:
        found = _found(request, ref)
        return 200, detail(
            purchases.strike(
                found, payload.position, reason=payload.reason, actor=request.actor, at=at
            )
        )

    return write(request, key, payload, do)


@router.post("/purchase-requests/{ref}/change", response=PurchaseDetail)
def change_purchase(
    request: TypedRequest, ref: Ref, payload: PurchaseChange, key: Key
) -> HttpResponse:
    """Whoever asked wants other quantities. For less nobody is asked again; for more it becomes
    another request, which is the answer, and all are asked anew."""

    def do(at: datetime) -> tuple[int, PurchaseDetail]:
        quantities = {one.position: one.quantity for one in payload.lines}
        found = _found(request, ref)
        return 200, detail(purchases.change(found, quantities, actor=request.actor, at=at))

    return write(request, key, payload, do)


@router.post("/purchase-requests/{ref}/withdraw", response=PurchaseDetail)
def withdraw_purchase(request: TypedRequest, ref: Ref, key: Key) -> HttpResponse:
    """Whoever asked takes it back."""

    def do(at: datetime) -> tuple[int, PurchaseDetail]:
        found = _found(request, ref)
        return 200, detail(purchases.withdraw(found, actor=request.actor, at=at))

    return write(request, key, None, do)


@router.post("/purchase-requests/{ref}/place", response={201: OrderPlaced})
def place_purchase(request: TypedRequest, ref: Ref, key: Key) -> HttpResponse:
    """Place what all have agreed to and could not be placed then (AGREED, `problem` says why)."""

    def do(at: datetime) -> tuple[int, OrderPlaced]:
        placed = purchases.place(_found(request, ref), actor=request.actor, at=at)
        answer = shown(placed.order, placed.deal.pk, placed.deal.number, placed.loan)
        return 201, OrderPlaced.model_validate(answer)

    return write(request, key, None, do)


@router.get("/delegations", response=list[DelegationOut])
def list_delegations(request: TypedRequest) -> list[object]:
    """Who of the asker's house stands in for whom, now or later."""
    return list(questions.delegations(request.actor, on=day_of(clock.now())))


@router.post("/delegations", response={201: DelegationOut})
def delegate(request: TypedRequest, payload: DelegationIn, key: Key) -> HttpResponse:
    """While the asker is away, a colleague agrees in its place. Nobody gets a vote on what it asked
    for itself, nor on what the one it stands in for has asked."""

    def do(at: datetime) -> tuple[int, DelegationOut]:
        made = approvals.delegate(actor=request.actor, at=at, **payload.model_dump())
        return 201, DelegationOut.from_orm(made)

    return write(request, key, payload, do)


@router.post("/delegations/{delegation}/end", response=DelegationOut)
def end_delegation(request: TypedRequest, delegation: UUID, key: Key) -> HttpResponse:
    """The asker is back."""

    def do(at: datetime) -> tuple[int, DelegationOut]:
        found = approvals.end_delegation(delegation, actor=request.actor, at=at)
        return 200, DelegationOut.from_orm(found)

    return write(request, key, None, do)


def _found(request: TypedRequest, ref: str) -> Any:
    return queries.request(request.actor, id_or_number(ref))


def _shown(one: Any) -> PurchaseOut:
    plain = {name: getattr(one, name) for name in PurchaseOut.model_fields}
    return PurchaseOut.model_validate(plain | {"cost_centre": one.cost_centre_id})


def detail(found: Any) -> PurchaseDetail:
    """A request as it is answered, with its lines and the question that waits."""
    asked = questions.waiting(found.pk, purchases.PURCHASE.name, at=clock.now())
    said = {"lines": queries.request_lines(found), "approval": asked.pk if asked else None}
    return PurchaseDetail.model_validate(_shown(found).model_dump() | said)
