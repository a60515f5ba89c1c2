"""Reading what a house lets its people spend."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from heliu.commerce.spending.models import (
    Budget,
    BudgetPeriod,
    Charge,
    CostCentre,
    House,
    PeriodKind,
    PurchaseRequest,
    PurchaseRule,
    RequestLine,
    Spender,
)
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals.policies import Level
from heliu.kernel.arrays import ids
from heliu.kernel.errors import NotFound
from heliu.kernel.posting import operations as posting

KEPT_DAYS = 7
PERIODS = PeriodKind.choices
RULES = """
select levels, holds_goods from spending_rules_met(%s, %s, %s, %s, %s::uuid[])
 order by from_amount, id"""
WARNED = """
select code, name, name_zh, org, is_own, amount, taken
  from spending_budgets_warned(%s, %s, %s, %s, %s)"""
CENTRE = "select spending_centre(%s, %s, %s)"
NEEDS_CENTRE = "select spending_needs_centre(%s)"
JOINED = "select org, period, account from spending_budgets_joined(%s, %s, %s::uuid[], %s)"


class Must(NamedTuple):
    """Who must agree, level by level, and whether the goods are set aside meanwhile."""

    levels: Sequence[Level]
    holds_goods: bool


class Joined(NamedTuple):
    """A budget that an order counts on from a change on: whose it is, and the account of the day's
    period; None where that is not open."""

    org: UUID
    period: int | None
    account: int | None


@dataclass(frozen=True)
class Use:
    """How much (minor units) of one period of a budget is spent, held by orders and left."""

    period: BudgetPeriod
    ceiling: int
    spent: int
    held: int

    @property
    def left(self) -> int:
        """What may still be ordered."""
        return self.ceiling - self.spent - self.held


class Warned(NamedTuple):
    """A budget that warns and would be passed: its cost centre as the reader calls it ('' where it
    is for none), whose it is, what stands for its period and what is taken of it already (minor
    units); None where that is not the reader's to know."""

    cost_centre: str
    org: UUID
    is_own: bool
    amount: int | None
    taken: int | None


def warned(
    *, buyer: UUID, person: UUID | None, centre: UUID | None, total: int, on: date
) -> list[Warned]:
    """The budgets that only warn and that an order of this total would pass; for the buyer."""
    with connection.cursor() as cursor:
        cursor.execute(WARNED, [buyer, person, centre, total, on])
        return [
            Warned(str(CostCentre(code=code, name=name, name_zh=name_zh)) if code else "", *rest)
            for code, name, name_zh, *rest in cursor.fetchall()
        ]


def house(actor: Actor) -> House | None:
    """What the actor's house has said about spending, if it has said anything."""
    return House.objects.filter(org=actor.own_org).first()


def centres(actor: Actor) -> QuerySet[CostCentre]:
    """The cost centres of the actor's own house."""
    return CostCentre.objects.filter(org=actor.own_org).order_by("code")


def spenders(actor: Actor) -> dict[UUID, CostCentre]:
    """Whose orders go where."""
    found = Spender.objects.filter(org=actor.own_org).select_related("cost_centre")
    return {one.person: one.cost_centre for one in found}


def budgets(actor: Actor) -> QuerySet[Budget]:
    """The budgets in force of the actor's own house: the house's, cost centres', people's."""
    found = Budget.objects.filter(org=actor.own_org, is_active=True).select_related("cost_centre")
    return found.order_by("person", "cost_centre__code", "period")


def uses(actor: Actor, *, on: date, at: datetime) -> dict[UUID, Use]:
    """How the budgets of the actor's own house stand in the period of a day, by budget."""
    found = list(
        BudgetPeriod.objects.filter(
            org=actor.own_org, budget__is_active=True, starts__lte=on, ends__gte=on
        ).select_related("budget")
    )
    stands = posting.balances([one.account for one in found], at=at)
    return {
        one.budget_id: Use(
            one,
            one.budget.amount + one.carried
            if one.budget.only_warns
            else stands[one.account].ceiling or 0,
            stands[one.account].posted,
            stands[one.account].held_in,
        )
        for one in found
    }


def rules(actor: Actor) -> QuerySet[PurchaseRule]:
    """The rules of purchase in force of the actor's own house."""
    found = PurchaseRule.objects.filter(org=actor.own_org, is_active=True)
    return found.select_related("cost_centre").order_by("from_amount", "set_at")


def centre_of(order_id: UUID | None, *, buyer: UUID, person: UUID | None) -> UUID | None:
    """The cost centre of an order, or that of whoever orders."""
    with connection.cursor() as cursor:
        cursor.execute(CENTRE, [order_id, buyer, person])
        found: UUID | None = cursor.fetchone()[0]
    return found


def needs_centre(buyer: UUID) -> bool:
    """Whether every order of a house must be for a cost centre."""
    with connection.cursor() as cursor:
        cursor.execute(NEEDS_CENTRE, [buyer])
        return bool(cursor.fetchone()[0])


def joined(
    order_id: UUID, *, buyer: UUID, persons: Iterable[UUID | None], on: date
) -> list[Joined]:
    """The budgets that bind what an order of these persons becomes by a change, and that took
    nothing of it so far."""
    with connection.cursor() as cursor:
        cursor.execute(JOINED, [order_id, buyer, ids(one for one in persons if one), on])
        return [Joined(*row) for row in cursor.fetchall()]


def rules_met(
    *, buyer: UUID, person: UUID | None, centre: UUID | None, total: int, skus: Iterable[UUID]
) -> Must | None:
    """Who must agree to an order, by the rules of its house and of those above; None is nobody."""
    with connection.cursor() as cursor:
        cursor.execute(RULES, [buyer, person, centre, total, ids(skus)])
        met = [(json.loads(levels), holds) for levels, holds in cursor.fetchall()]
    if not met:
        return None
    levels = dict.fromkeys(Level.read(one) for levels, _ in met for one in levels)
    return Must(list(levels), any(holds for _, holds in met))


def requests(actor: Actor) -> QuerySet[PurchaseRequest]:
    """The purchase requests of the actor's organisations, newest first."""
    found = PurchaseRequest.objects.select_related("cost_centre").order_by("-asked_at", "-id")
    return found if actor.is_system else found.filter(buyer__in=actor.orgs)


def request(actor: Actor, id_or_number: UUID | str) -> PurchaseRequest:
    """One of them. Raises `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = requests(actor).filter(**by).first()
    if found is None:
        raise NotFound()
    return found


def request_lines(of: PurchaseRequest) -> list[RequestLine]:
    """Its lines in their order."""
    return list(of.lines.select_related("sku__unit").order_by("position"))


def days_kept(org: UUID) -> int:
    """How many days a house's requests wait and keep their prices."""
    found = House.objects.filter(org=org).values_list("keeps_days", flat=True).first()
    return found or KEPT_DAYS


def bearers(order_id: UUID) -> set[UUID]:
    """The houses whose budgets an order counts on: its buyer's, and those above it."""
    return set(Charge.objects.filter(order_id=order_id).values_list("org", flat=True))


def charges(order_id: UUID) -> Sequence[Charge]:
    """What an order took of budgets, kept from others until the transaction ends."""
    found = Charge.objects.select_for_update(of=("self",)).filter(order_id=order_id)
    return list(found.select_related("period").order_by("pk"))


def check() -> list[str]:
    """The laws of the room: a budget's account says what its charges say."""
    said: dict[int, list[int]] = {}
    for charge in Charge.objects.select_related("period"):
        stands = said.setdefault(charge.period.account, [0, 0])
        if charge.status == "HELD":
            stands[1] += charge.amount
        elif charge.status == "SPENT":
            stands[0] += charge.amount - charge.back
    found = posting.balances(BudgetPeriod.objects.values_list("account", flat=True))
    return [
        f"budget account {account}: {one.posted} spent and {one.held_in} held, charges say"
        f" {said.get(account, [0, 0])}"
        for account, one in found.items()
        if [one.posted, one.held_in] != said.get(account, [0, 0])
    ]
