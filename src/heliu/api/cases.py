"""Cases: what a buyer has to say about an order, and who answers when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import PRINTABLE, Goods, Line, Number, Quantity, Ref, Sent, id_or_number
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.commerce.cases import operations, queries
from heliu.commerce.cases.policies import MOST_HOURS
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.trade import cases

router = Router()

CaseKind = Literal["DAMAGED", "SHORT", "WRONG", "QUALITY", "QUESTION"]
CaseStatus = Literal["OPEN", "WAITS_BUYER", "WAITS_SELLER", "SOLVED", "CLOSED", "REOPENED"]


class CaseOut(Schema):
    """A case about an order; its words and photos are in its conversation (kind `case`)."""

    id: UUID
    number: str
    buyer: UUID
    seller: UUID
    order_id: UUID
    order_number: str
    sku: Goods | None = Field(description="Of the line it is about; null for the whole order")
    quantity: int | None
    serial: str
    kind: CaseKind
    status: CaseStatus
    opened_by_name: str
    opened_at: datetime
    answer_due: datetime = Field(description="By when the seller promised a first answer")
    solve_due: datetime = Field(description="By when it promised a solution")
    tier: str = Field(description="The tier of customers it was promised to; empty: to all")
    answered_at: datetime | None
    solved_at: datetime | None
    closed_at: datetime | None
    reopened: int = Field(description="How often it was opened again")
    is_quiet: bool = Field(
        description="It closed by itself, because nobody said anything: an answer opens it again"
    )


class CaseIn(Sent):
    """Something that is wrong with an order, or a question about it."""

    kind: CaseKind
    text: str = Field(min_length=1, max_length=4_000, pattern=PRINTABLE)
    position: Number | None = Field(None, description="Of the order's line; null for all of it")
    quantity: Quantity | None = None
    serial: Line = Field("", max_length=60, description="Serial or lot number, if known")


class CaseAct(Sent):
    """What is done: the seller solves, either closes, the buyer opens again."""

    act: Literal["solve", "close", "reopen"]


class LevelOfService(Schema):
    """How soon a seller promises to answer and to solve."""

    answer_hours: int
    solve_hours: int
    quiet_days: int | None = Field(
        description="A case closes by itself after so many days without a word; null: none does"
    )


class LevelOfServiceIn(Sent):
    """The promise for new cases."""

    answer_hours: int = Field(ge=1, le=MOST_HOURS)
    solve_hours: int = Field(ge=1, le=MOST_HOURS)


@router.get("/cases", response=Page[CaseOut])
def list_cases(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[CaseStatus | None, Query(description="Only in this state")] = None,
    late: Annotated[bool | None, Query(description="Only whose promise is broken, or kept")] = None,
) -> dict[str, object]:
    """The cases of the asker's houses, the newest first."""
    rows = queries.visible_to(request.actor)
    rows = rows.filter(status=status) if status else rows
    if late is not None:
        broken = queries.late(clock.now())
        rows = rows.filter(broken if late else ~broken)
    by = ("-opened_at", "-id")
    return page(request, response, rows, paging, by=by, show=CaseOut.from_orm)


@router.get("/cases/{ref}", response=CaseOut)
def get_case(request: TypedRequest, ref: Ref) -> object:
    """One case."""
    return queries.get(request.actor, id_or_number(ref))


@router.post("/orders/{ref}/cases", response={201: CaseOut})
def open_case(request: TypedRequest, ref: Ref, payload: CaseIn, key: Key) -> HttpResponse:
    """The buyer says what is wrong with an order or a line of it. Photos follow as files of the
    case's conversation."""

    def do(at: datetime) -> tuple[int, CaseOut]:
        made = cases.open_case(
            id_or_number(ref), actor=request.actor, at=at, **payload.model_dump()
        )
        return 201, _shown(request, made)

    return write(request, key, payload, do)


@router.post("/cases/{ref}/act", response=CaseOut)
def act_on_case(request: TypedRequest, ref: Ref, payload: CaseAct, key: Key) -> HttpResponse:
    """Solve, close or open a case again, as one's side may."""

    def do(at: datetime) -> tuple[int, CaseOut]:
        done = cases.act(id_or_number(ref), payload.act, actor=request.actor, at=at)
        return 200, _shown(request, done)

    return write(request, key, payload, do)


@router.get("/service-level", response=LevelOfService)
def get_service_level(request: TypedRequest) -> LevelOfService:
    """What the asker's own house promises its customers."""
    seller = request.actor.own_org
    level = queries.level_of(seller)
    return LevelOfService(
        answer_hours=level.answer_hours,
        solve_hours=level.solve_hours,
        quiet_days=queries.quiet_days_of(seller),
    )


@router.put("/service-level", response=LevelOfService)
def set_service_level(request: TypedRequest, payload: LevelOfServiceIn, key: Key) -> HttpResponse:
    """Promise something else from now on; cases there are keep what was promised."""

    def do(at: datetime) -> tuple[int, LevelOfService]:
        level = operations.set_level(actor=request.actor, at=at, **payload.model_dump())
        return 200, LevelOfService.from_orm(level)

    return write(request, key, payload, do)


def _shown(request: TypedRequest, case: Any) -> CaseOut:
    return CaseOut.from_orm(queries.get(request.actor, case.pk))
