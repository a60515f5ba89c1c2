"""What a house lets its people spend: cost centres, budgets, rules of purchase."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import Amount, Flag, Line, Sent, Whole
from heliu.api.writes import Key, write
from heliu.commerce.spending import operations, queries
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.approvals.policies import MOST_HOURS, MOST_LEVELS, MOST_PEOPLE, Level
from heliu.kernel.clock import day_of

router = Router()

Period = Literal["MONTH", "QUARTER", "YEAR"]


class SpendingIn(Sent):
    """What is to hold for all orders of the asker's house."""

    needs_centre: Flag = Field(False, description="Every order names a cost centre")
    keeps_days: Annotated[int, Field(ge=1, le=30), Whole] = Field(
        7, description="How long a purchase request waits and keeps its prices"
    )


class SpendingOut(Schema):
    """What holds for all orders of the asker's house."""

    needs_centre: bool
    keeps_days: int


class CostCentreIn(Sent):
    """A cost centre; one of the same code gets this name."""

    code: Line = Field(min_length=1)
    name: Line = Field(min_length=1)
    name_zh: Line | None = Field(None, description="Without it the one that is there stays")
    is_active: Flag = True


class CostCentreOut(Schema):
    """Who bears the cost inside the asker's house."""

    id: UUID
    code: str
    name: str
    name_zh: str
    is_active: bool


class SpenderIn(Sent):
    """Where a person's orders go when they name no cost centre."""

    person: UUID
    cost_centre: UUID


class SpenderOut(Schema):
    """Where a person's orders go when they name no cost centre."""

    person: UUID
    cost_centre: UUID


class BudgetIn(Sent):
    """A budget of a cost centre, of a person, or, with neither, of the house and all below it."""

    period: Period
    amount: Amount
    cost_centre: UUID | None = None
    person: UUID | None = None
    carries: Flag = Field(False, description="What is left goes over into the next period")
    only_warns: Flag = Field(False, description="Stops nothing; beside one that stops")


class BudgetOut(Schema):
    """A budget and how it stands in the running period; amounts in minor units."""

    id: UUID
    period: Period
    cost_centre: UUID | None
    person: UUID | None
    amount: int
    carries: bool
    only_warns: bool
    starts: date
    ends: date
    ceiling: int = Field(description="The amount, and what was carried over")
    spent: int
    held: int = Field(description="By orders that are not confirmed yet")
    left: int
    set_by_name: str
    set_at: datetime


class PurchaseLevelIn(Sent):
    """So many people at once who may do something, or so many of those named."""

    permission: Literal["manage", "pay", "sign"] = "manage"
    people: Annotated[int, Field(ge=1, le=MOST_PEOPLE), Whole] = 1
    persons: list[UUID] = Field([], max_length=MOST_PEOPLE, description="Empty: all who may")
    hours: Annotated[int, Field(ge=0, le=MOST_HOURS), Whole] = Field(
        0, description="After so many hours those who manage the house may speak; 0: never"
    )


class PurchaseRuleIn(Sent):
    """From this total on an order needs these levels; without levels the rule is taken away."""

    from_amount: Annotated[int, Field(ge=0, le=10**15), Whole] = 0
    cost_centre: UUID | None = None
    family: Line = Field("", description="Only orders with goods of this family")
    person: UUID | None = Field(None, description="Only orders of this person")
    levels: list[PurchaseLevelIn] = Field(max_length=MOST_LEVELS)
    holds_goods: Flag = Field(False, description="The goods are set aside while it waits")


class PurchaseLevelOut(Schema):
    """A level of those who must agree."""

    permission: str
    people: int
    persons: list[UUID]
    hours: int


class PurchaseRuleOut(Schema):
    """A rule of purchase of the asker's house."""

    from_amount: int
    cost_centre: UUID | None
    family: str
    person: UUID | None
    levels: list[PurchaseLevelOut]
    holds_goods: bool


class BudgetEnded(Schema):
    """It binds no more."""

    id: UUID


@router.get("/spending", response=SpendingOut)
def get_spending(request: TypedRequest) -> dict[str, object]:
    """What holds for all orders of the asker's house."""
    house = queries.house(request.actor)
    return {
        "needs_centre": bool(house and house.needs_centre),
        "keeps_days": house.keeps_days if house else queries.KEPT_DAYS,
    }


@router.post("/spending", response=SpendingOut)
def set_spending(request: TypedRequest, payload: SpendingIn, key: Key) -> HttpResponse:
    """Set it. Only those who manage the house may."""

    def do(at: datetime) -> tuple[int, SpendingOut]:
        operations.set_house(actor=request.actor, **payload.model_dump())
        return 200, SpendingOut(**payload.model_dump())

    return write(request, key, payload, do)


@router.get("/cost-centres", response=list[CostCentreOut])
def list_cost_centres(request: TypedRequest) -> list[object]:
    """The cost centres of the asker's own house, by code."""
    return list(queries.centres(request.actor))


@router.post("/cost-centres", response=CostCentreOut)
def set_cost_centre(request: TypedRequest, payload: CostCentreIn, key: Key) -> HttpResponse:
    """Set up a cost centre, rename it or close it."""

    def do(at: datetime) -> tuple[int, CostCentreOut]:
        found = operations.set_centre(actor=request.actor, **payload.model_dump())
        return 200, CostCentreOut.from_orm(found)

    return write(request, key, payload, do)


@router.post("/spenders", response=SpenderOut)
def seat_spender(request: TypedRequest, payload: SpenderIn, key: Key) -> HttpResponse:
    """A person's orders go to this cost centre where they name none."""

    def do(at: datetime) -> tuple[int, SpenderOut]:
        operations.seat_spender(payload.person, payload.cost_centre, actor=request.actor)
        return 200, SpenderOut(**payload.model_dump())

    return write(request, key, payload, do)


@router.get("/budgets", response=list[BudgetOut])
def list_budgets(request: TypedRequest) -> list[dict[str, object]]:
    """The budgets and spending limits in force of the asker's own house, as they stand now."""
    return _budgets(request.actor, clock.now())


@router.post("/budgets", response=BudgetOut)
def set_budget(request: TypedRequest, payload: BudgetIn, key: Key) -> HttpResponse:
    """Set a budget, from the running period on. Less than is ordered already is refused (409,
    budget-below-use)."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, BudgetOut]:
        made = operations.set_budget(
            period=payload.period,
            amount=payload.amount,
            centre=payload.cost_centre,
            person=payload.person,
            carries=payload.carries,
            only_warns=payload.only_warns,
            actor=actor,
            at=at,
        )
        return 200, next(
            BudgetOut.model_validate(one) for one in _budgets(actor, at) if one["id"] == made.pk
        )

    return write(request, key, payload, do)


@router.post("/budgets/{budget}/end", response=BudgetEnded)
def end_budget(request: TypedRequest, budget: UUID, key: Key) -> HttpResponse:
    """It binds no more; what was ordered under it stays in its history."""

    def do(at: datetime) -> tuple[int, BudgetEnded]:
        return 200, BudgetEnded(id=operations.end_budget(budget, actor=request.actor).pk)

    return write(request, key, None, do)


@router.get("/purchase-rules", response=list[PurchaseRuleOut])
def list_purchase_rules(request: TypedRequest) -> list[dict[str, object]]:
    """The rules of purchase of the asker's own house, the lowest amount first."""
    return [_rule(one) for one in queries.rules(request.actor)]


@router.post("/purchase-rules", response=PurchaseRuleOut)
def set_purchase_rule(request: TypedRequest, payload: PurchaseRuleIn, key: Key) -> HttpResponse:
    """Set a rule, or take it away. What waits already goes on as it was asked."""

    def do(at: datetime) -> tuple[int, PurchaseRuleOut]:
        levels = [
            Level(one.permission, one.people, tuple(one.persons), one.hours)
            for one in payload.levels
        ]
        operations.set_rule(
            levels=levels,
            from_amount=payload.from_amount,
            centre=payload.cost_centre,
            family=payload.family,
            person=payload.person,
            holds_goods=payload.holds_goods,
            actor=request.actor,
            at=at,
        )
        return 200, PurchaseRuleOut(**payload.model_dump())

    return write(request, key, payload, do)


def _budgets(actor: Actor, at: datetime) -> list[dict[str, object]]:
    uses = queries.uses(actor, on=day_of(at), at=at)
    return [
        {
            "id": one.pk,
            "period": one.period,
            "cost_centre": one.cost_centre_id,
            "person": one.person,
            "amount": one.amount,
            "carries": one.carries,
            "only_warns": one.only_warns,
            "starts": use.period.starts,
            "ends": use.period.ends,
            "ceiling": use.ceiling,
            "spent": use.spent,
            "held": use.held,
            "left": use.left,
            "set_by_name": one.set_by_name,
            "set_at": one.set_at,
        }
        for one in queries.budgets(actor)
        if (use := uses.get(one.pk))
    ]


def _rule(one: Any) -> dict[str, object]:
    return {
        "from_amount": one.from_amount,
        "cost_centre": one.cost_centre_id,
        "family": one.family,
        "person": one.person,
        "levels": [Level.read(level)._asdict() for level in one.levels],
        "holds_goods": one.holds_goods,
    }
