"""Lists a buyer orders again, what it bought before, and orders that come back by themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import (
    MOST_LINES,
    Goods,
    Line,
    Plain,
    Quantity,
    Ref,
    Sent,
    Text,
    id_or_number,
)
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.commerce.lists import operations, queries
from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.parts import MOST_PARTS
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.trade.again import Again, bought, order_again

router = Router()


class ListLineOut(Plain):
    """How much of which goods a list asks for."""

    sku: Goods
    quantity: int


class ListOut(Schema):
    """A list of goods of one seller: the asker's own, or shared by its house."""

    id: UUID
    name: str
    seller: UUID
    shared: bool
    changed_by: str
    changed_at: datetime


class ListDetail(ListOut):
    """A list with its lines, in their order."""

    lines: list[ListLineOut]


class ListLineIn(Sent):
    """How much of which goods."""

    sku: UUID
    quantity: Quantity


class ListIn(Sent):
    """A list to be kept. Each of the goods stands in it once; the last line of it counts."""

    name: Line
    lines: list[ListLineIn] = Field(min_length=1, max_length=MOST_LINES)

    def quantities(self) -> dict[UUID, int]:
        """How much of each."""
        return {line.sku: line.quantity for line in self.lines}


class NewList(ListIn):
    """A list to be made."""

    seller: UUID
    shared: bool = Field(False, description="For all people of the asker's house")


class ListGone(Schema):
    """The list is thrown away."""

    id: UUID


class BoughtOut(Schema):
    """Goods as they were bought, and as they would be today."""

    sku: Goods
    quantity: int = Field(description="As bought, the last time")
    unit_price: int = Field(description="As paid, the last time")
    times: int
    last_at: datetime | None
    price_now: int | None
    available: int
    problem: str = Field(description="What stands in the way today; empty when nothing does")
    words: str


class AgainOut(Schema):
    """What was bought, today."""

    rows: list[BoughtOut]


class RunOut(Plain):
    """What became of one due day."""

    due_on: date
    status: Literal["ORDERED", "ASKED", "FAILED", "SKIPPED"]
    order_number: str = Field(description="Of the order, or of the purchase request (ASKED)")
    code: str = Field(description="Of a failed one: the refusal's stable code")
    reason: str
    reason_zh: str


class RecurringOut(Schema):
    """A list that is ordered by itself."""

    id: UUID
    list_id: UUID
    seller: UUID
    status: Literal["ACTIVE", "PAUSED", "ENDED"]
    pay_by: Literal["TRANSFER", "TERMS"]
    every: int
    unit: Literal["WEEK", "MONTH"]
    first_on: date
    last_on: date | None
    remark: str = Field(description="Said to the seller each time; empty: the list's name")
    address: UUID | None = Field(description="Where in the house's book it goes; null: default")
    wished_after: int | None = Field(
        description="The goods are wished so many days after each of its days"
    )
    parts: int | None = Field(description="In how many parts each line comes; null: at once")
    parts_apart: int | None = Field(description="Days from one part to the next")
    next_days: list[date] = Field(description="The next days on which it is ordered")
    set_by_name: str


class RecurringDetail(RecurringOut):
    """With what became of its days, the latest first."""

    runs: list[RunOut]


class RecurringIn(Sent):
    """How a list is to be ordered by itself."""

    list_id: UUID
    pay_by: Literal["TRANSFER", "TERMS"]
    every: int = Field(ge=1, le=operations.MOST_EVERY)
    unit: Literal["WEEK", "MONTH"]
    first_on: date = Field(description="Its weekday, or its day of the month, is that of all")
    last_on: date | None = None
    remark: Text = Field("", description="Said to the seller each time")
    address: UUID | None = Field(None, description="Of `GET /addresses`; null: the default")
    wished_after: int | None = Field(
        None,
        ge=0,
        le=operations.MOST_AFTER,
        description="The goods are wished so many days after each of its days",
    )
    parts: int | None = Field(
        None, ge=2, le=MOST_PARTS, description="In how many parts by day each line comes"
    )
    parts_apart: int | None = Field(
        None, ge=1, le=operations.MOST_APART, description="Days from one part to the next"
    )


class RecurringAct(Sent):
    """What is done with it: paused, taken up again, its next day left out once, ended."""

    act: Literal["pause", "resume", "skip", "end"]


class ListFilters(Schema):
    """What lists are narrowed by."""

    seller: UUID | None = None


@router.get("/lists", response=Page[ListOut])
def list_lists(
    request: TypedRequest, response: HttpResponse, wanted: Query[ListFilters], paging: Query[Paging]
) -> dict[str, object]:
    """The asker's lists and those of its house, by name."""
    rows = queries.index(request.actor, wanted.seller)
    return page(request, response, rows, paging, by=("name", "id"), show=_list)


@router.post("/lists", response={201: ListDetail})
def make_list(request: TypedRequest, payload: NewList, key: Key) -> HttpResponse:
    """Keep goods as a list."""

    def do(at: datetime) -> tuple[int, ListDetail]:
        made = operations.make(
            actor=request.actor,
            seller=payload.seller,
            name=payload.name,
            quantities=payload.quantities(),
            shared=payload.shared,
            at=at,
        )
        return 201, _detail(request, made.pk)

    return write(request, key, payload, do)


@router.get("/lists/{list_id}", response=ListDetail)
def get_list(request: TypedRequest, list_id: UUID) -> ListDetail:
    """One list with its lines."""
    return _detail(request, list_id)


@router.put("/lists/{list_id}", response=ListDetail)
def change_list(request: TypedRequest, list_id: UUID, payload: ListIn, key: Key) -> HttpResponse:
    """The list asks for exactly these lines from now on."""

    def do(at: datetime) -> tuple[int, ListDetail]:
        operations.change(
            list_id,
            actor=request.actor,
            name=payload.name,
            quantities=payload.quantities(),
            at=at,
        )
        return 200, _detail(request, list_id)

    return write(request, key, payload, do)


@router.delete("/lists/{list_id}", response=ListGone)
def drop_list(request: TypedRequest, list_id: UUID, key: Key) -> HttpResponse:
    """Throw a list away; `list-recurs` (409) while an order comes back from it."""

    def do(at: datetime) -> tuple[int, ListGone]:
        operations.drop(list_id, actor=request.actor)
        return 200, ListGone(id=list_id)

    return write(request, key, None, do)


@router.get("/bought/{seller}", response=AgainOut)
def list_bought(request: TypedRequest, seller: UUID) -> dict[str, object]:
    """What the asker's house bought from a seller, the latest first, at today's price."""
    return {"rows": [_again(row) for row in bought(request.actor, seller, clock.now())]}


@router.get("/orders/{ref}/again", response=AgainOut)
def get_order_again(request: TypedRequest, ref: Ref) -> dict[str, object]:
    """An order of the asker's own as it would be today: what is dearer, short or gone."""
    order = orders.get(request.actor, id_or_number(ref))
    return {"rows": [_again(row) for row in order_again(request.actor, order, clock.now())]}


@router.get("/recurring-orders", response=Page[RecurringOut])
def list_recurring(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The orders that come back by themselves, the newest first."""
    rows = queries.recurring_visible_to(request.actor)
    return page(request, response, rows, paging, by=("-set_at", "-id"), show=_recurring)


@router.post("/recurring-orders", response={201: RecurringDetail})
def make_recurring(request: TypedRequest, payload: RecurringIn, key: Key) -> HttpResponse:
    """Let a list be ordered by itself, with the rights of the asker on each day."""

    def do(at: datetime) -> tuple[int, RecurringDetail]:
        made = operations.recur(actor=request.actor, at=at, **payload.model_dump())
        return 201, _recurring_detail(request, made.pk)

    return write(request, key, payload, do)


@router.get("/recurring-orders/{recurring_id}", response=RecurringDetail)
def get_recurring(request: TypedRequest, recurring_id: UUID) -> RecurringDetail:
    """One recurring order, its next days and what became of those before."""
    return _recurring_detail(request, recurring_id)


@router.post("/recurring-orders/{recurring_id}/act", response=RecurringDetail)
def act_on_recurring(
    request: TypedRequest, recurring_id: UUID, payload: RecurringAct, key: Key
) -> HttpResponse:
    """Pause it, go on, leave the next day out, end it."""

    def do(at: datetime) -> tuple[int, RecurringDetail]:
        actor = request.actor
        if payload.act == "pause":
            operations.pause(recurring_id, actor=actor)
        elif payload.act == "resume":
            operations.resume(recurring_id, actor=actor, at=at)
        elif payload.act == "skip":
            operations.skip(recurring_id, actor=actor, at=at)
        else:
            operations.end(recurring_id, actor=actor)
        return 200, _recurring_detail(request, recurring_id)

    return write(request, key, payload, do)


def _list(found: Any) -> dict[str, Any]:
    return {
        "id": found.pk,
        "name": found.name,
        "seller": found.seller,
        "shared": found.user is None,
        "changed_by": found.changed_by,
        "changed_at": found.changed_at,
    }


def _detail(request: TypedRequest, list_id: UUID) -> ListDetail:
    found = queries.get(request.actor, list_id)
    lines = [ListLineOut.model_validate(line) for line in found.lines.all()]
    return ListDetail(**_list(found), lines=lines)


def _again(row: Again) -> dict[str, Any]:
    return {
        "sku": row.before.sku,
        "quantity": row.before.quantity,
        "unit_price": row.before.unit_price,
        "times": row.before.times,
        "last_at": row.before.last_at,
        "price_now": row.now.unit_price,
        "available": row.now.available,
        "problem": row.now.problem,
        "words": row.now.words,
    }


def _recurring(found: Any) -> dict[str, Any]:
    return {
        "id": found.pk,
        "list_id": found.list_id,
        "seller": found.seller,
        "status": found.status,
        "pay_by": found.pay_by,
        "every": found.every,
        "unit": found.unit,
        "first_on": found.first_on,
        "last_on": found.last_on,
        "remark": found.remark,
        "wished_after": found.wished_after,
        "address": found.address,
        "parts": found.parts,
        "parts_apart": found.parts_apart,
        "next_days": queries.upcoming(found),
        "set_by_name": found.set_by_name,
    }


def _recurring_detail(request: TypedRequest, recurring_id: UUID) -> RecurringDetail:
    found = queries.get_recurring(request.actor, recurring_id)
    runs = [RunOut.model_validate(run) for run in found.runs.all()]
    return RecurringDetail(**_recurring(found), runs=runs)
