"""Closing the months of the asker's books, and the trial balances that were kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.approvals import ApprovalOut
from heliu.api.fields import Sent, Text
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.capital.books import periods, queries
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import NotFound
from heliu.trade import closing_books

router = Router()

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


class OpenOut(Schema):
    """Something that must be settled before a month can be closed."""

    what: str = Field(description="interest, payments, differences, days or notices")
    label: str = Field(description="In the reader's language")
    count: int


class NextMonth(Schema):
    """The month of the asker's book that is to be closed next."""

    month: str = Field(description="Such as 2026-11")
    first: date
    last: date
    can_close_from: date
    open: list[OpenOut]


class PeriodOut(Schema):
    """A month that was closed."""

    id: UUID
    name: str = Field(description="The month, such as 2026-11")
    first: date
    last: date
    status: str = Field(description="OPEN while agreement is asked for, CLOSED or REOPENED")
    closed_at: datetime | None
    closed_by_name: str
    reopened_at: datetime | None
    reopened_by_name: str
    reason: str = Field(description="Why it was opened again")


class PeriodRowOut(Schema):
    """A row of the trial balance that was kept; `opening` and `closing` are debit positive."""

    code: str
    label: str = Field(description="In the reader's language")
    other: UUID | None = Field(description="The counterparty")
    is_memo: bool = Field(description="Whether it stands off the balance sheet")
    opening: int
    debit: int
    credit: int
    closing: int


class PeriodDetail(PeriodOut):
    """With its trial balance."""

    rows: list[PeriodRowOut]


class CloseIn(Sent):
    """Which month to close."""

    month: Annotated[str, Field(pattern=MONTH, description="The next one, such as 2026-11")]


class ReopenIn(Sent):
    """Why to open it again."""

    reason: Text = Field(min_length=1)


class PeriodAsked(Schema):
    """The month, or the question that was put to the others at the asker's house."""

    period: PeriodOut | None
    approval: ApprovalOut | None


@router.get("/periods", response=Page[PeriodOut])
def list_periods(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The months of the asker's book that were closed or asked to be, newest first."""
    rows = queries.periods(request.actor).order_by()
    return page(request, response, rows, paging, by=("-first", "-id"), show=PeriodOut.from_orm)


@router.get("/periods/next", response=NextMonth)
def get_next_period(request: TypedRequest) -> dict[str, object]:
    """The month to close next and what is open in it; 404 while nothing is in the book."""
    first = queries.next_month(request.actor.own_org)
    if first is None:
        raise NotFound()
    last = queries.month_of(first)[1]
    return {
        "month": f"{first:%Y-%m}",
        "first": first,
        "last": last,
        "can_close_from": last + periods.REST,
        "open": closing_books.what_is_open(request.actor, first),
    }


@router.get("/periods/{period}", response=PeriodDetail)
def get_period(request: TypedRequest, period: UUID) -> dict[str, object]:
    """A month with the trial balance that was kept of it."""
    found = queries.period(request.actor, period)
    return {**PeriodOut.from_orm(found).model_dump(), "rows": list(found.rows.all())}


@router.post("/periods", response={200: PeriodAsked, 202: PeriodAsked})
def close_period(request: TypedRequest, payload: CloseIn, key: Key) -> HttpResponse:
    """Close the next month: 200 when it is done, 202 when others must agree.

    `period-not-next`, `period-not-over` and `period-unsettled` (409) change nothing.
    """

    def do(at: datetime) -> tuple[int, PeriodAsked]:
        first = date.fromisoformat(f"{payload.month}-01")
        return _answer(closing_books.close(first, actor=request.actor, at=at))

    return write(request, key, payload, do)


@router.post("/periods/{period}/reopen", response={200: PeriodAsked, 202: PeriodAsked})
def reopen_period(request: TypedRequest, period: UUID, payload: ReopenIn, key: Key) -> HttpResponse:
    """Open the month closed last again: 200 when it is done, 202 when others must agree."""

    def do(at: datetime) -> tuple[int, PeriodAsked]:
        done = closing_books.reopen(period, reason=payload.reason, actor=request.actor, at=at)
        return _answer(done)

    return write(request, key, payload, do)


def _answer(done: Any) -> tuple[int, PeriodAsked]:
    if closing_books.is_asked(done):
        return 202, PeriodAsked(period=None, approval=ApprovalOut.from_orm(done))
    return 200, PeriodAsked(period=PeriodOut.from_orm(done), approval=None)
