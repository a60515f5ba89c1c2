"""Trade credit: the terms a seller grants, and the ladder by which it reminds."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import LARGEST, Flag, Sent, Text, Whole
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.capital.terms import queries
from heliu.capital.terms.operations import reminding
from heliu.capital.terms.operations.granting import Wanted
from heliu.capital.terms.policies import Level
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.trade import receivables

router = Router()
Rule = Literal["NET", "MONTH_END", "DAY_OF_MONTH"]
Few = Annotated[int, Field(ge=0, le=365), Whole]
Sum = Annotated[int, Field(ge=0, le=LARGEST, description="Minor units (fen)"), Whole]
Rate = Annotated[str, Field(pattern=r"^[0-9]{1,2}(\.[0-9]{1,2})?$", description="Per cent")]


class CreditTermsOut(Schema):
    """What a seller grants a buyer."""

    seller: UUID
    buyer: UUID
    ceiling: int = Field(description="The trade credit")
    rule: Rule
    days: int = Field(description="After shipment or the month's end, or the day of the month")
    part_days: list[int] = Field(description="Of instalments the days of each; none: one sum")
    part_shares: list[int] = Field(description="The per cent of each, 100 together")
    rolls: bool = Field(description="Whether a weekend or holiday becomes the next working day")
    discount: Decimal = Field(description="Per cent off for paying early")
    discount_days: int
    late_rate: Decimal = Field(description="Per cent a year on what is late")
    grace_days: int = Field(description="Days late before orders stop")
    tolerance: int = Field(description="What is late and too small to stop for")
    stop: Literal["", "OVERDUE", "HAND"] = Field(description="Why orders on terms are stopped")
    stopped_on: date | None
    passes_until: date | None = Field(description="A person lets orders pass until this day")


class TermsIn(Sent):
    """What the seller grants from now on."""

    ceiling: Sum
    rule: Rule = "NET"
    days: Few = 30
    part_days: list[Few] = Field([], max_length=12, description="Of instalments, rising")
    part_shares: list[Few] = Field([], max_length=12, description="Per cent of each, 100 together")
    rolls: Flag = True
    discount: Rate = "0"
    discount_days: Few = 0
    late_rate: Rate = "0"
    grace_days: Few = 30
    tolerance: Sum = 0


class WhyIn(Sent):
    """Why; kept, and shown to who must agree."""

    reason: Text = Field(min_length=1)


class ReminderLevelIn(Sent):
    """A step of the ladder, days after the due day (before it, below zero)."""

    days: Annotated[int, Field(ge=-30, le=365), Whole]
    kind: Literal["REMIND", "STOP", "CLAIM"]


class LadderIn(Sent):
    """The steps by which a seller reminds from now on."""

    levels: list[ReminderLevelIn] = Field(max_length=12)


class ReminderLevelOut(Schema):
    """A step of the ladder, days after the due day (before it, below zero)."""

    days: int
    kind: Literal["REMIND", "STOP", "CLAIM"]


class LadderOut(Schema):
    """The steps by which a seller reminds."""

    levels: list[ReminderLevelOut]


class Outcome(Schema):
    """What came of it: done, or the others of the house are asked."""

    is_done: bool
    approval: UUID | None


@router.get("/terms", response=Page[CreditTermsOut])
def list_terms(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The terms the asker grants or has."""
    rows = queries.terms_visible_to(request.actor)
    return page(request, response, rows, paging, by=("id",), show=CreditTermsOut.from_orm)


@router.put("/terms/{buyer}", response=CreditTermsOut)
def set_terms(request: TypedRequest, buyer: UUID, payload: TermsIn, key: Key) -> HttpResponse:
    """The seller sets what a buyer may owe, and by when; invoices that are there keep their days.

    `ceiling-short` (409): more than that is owed or ordered already.
    """
    said: dict[str, Any] = payload.model_dump()
    said |= {name: Decimal(said[name]) for name in ("discount", "late_rate")}
    said |= {name: tuple(said[name]) for name in ("part_days", "part_shares")}

    def do(at: datetime) -> tuple[int, CreditTermsOut]:
        found = receivables.set_terms(buyer, Wanted(**said), actor=request.actor, at=at)
        return 200, CreditTermsOut.from_orm(found)

    return write(request, key, payload, do)


@router.post("/terms/{buyer}/stop", response=CreditTermsOut)
def stop_orders(request: TypedRequest, buyer: UUID, key: Key) -> HttpResponse:
    """The seller stops a buyer's orders on terms."""

    def do(at: datetime) -> tuple[int, CreditTermsOut]:
        found = receivables.stop_orders(buyer, actor=request.actor, at=at)
        return 200, CreditTermsOut.from_orm(found)

    return write(request, key, None, do)


@router.post("/terms/{buyer}/pass", response={202: Outcome})
def let_orders_pass(request: TypedRequest, buyer: UUID, payload: WhyIn, key: Key) -> HttpResponse:
    """The seller lets orders pass for a week although something is overdue; or asks its others."""

    def do(at: datetime) -> tuple[int, Outcome]:
        done = receivables.ask_let_pass(buyer, actor=request.actor, reason=payload.reason, at=at)
        return 202, outcome_of(done)

    return write(request, key, payload, do)


@router.get("/reminder-ladder", response=LadderOut)
def get_ladder(request: TypedRequest) -> LadderOut:
    """The steps by which the asker's house reminds."""
    return _ladder(request.actor)


@router.put("/reminder-ladder", response=LadderOut)
def set_ladder(request: TypedRequest, payload: LadderIn, key: Key) -> HttpResponse:
    """The seller sets its steps of reminding."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, LadderOut]:
        levels = [Level(one.days, one.kind) for one in payload.levels]
        reminding.set_ladder(levels, seller=actor.own_org, actor=actor, at=at)
        return 200, _ladder(actor)

    return write(request, key, payload, do)


def outcome_of(asked: Any) -> Outcome:
    """Done where nobody else must be `asked`."""
    return Outcome(is_done=asked is None, approval=asked.id if asked else None)


def _ladder(actor: Actor) -> LadderOut:
    steps = queries.ladder_of(actor.own_org)
    return LadderOut.model_validate({"levels": [one._asdict() for one in steps]})
