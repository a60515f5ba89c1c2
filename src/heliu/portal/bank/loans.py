"""The loans of this bank and their payments, as its pages narrow them down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from heliu.capital.bank import queries as payments
from heliu.capital.lending import queries as lending
from heliu.capital.lending.policies import debt
from heliu.capital.lending.policies.debt import Owed
from heliu.capital.lending.queries import RUNNING
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties import queries as parties
from heliu.trade import deals

BY_THE_RULES = Q(decided_by_name="", assessment__decision="APPROVE")
BY_A_PERSON = ~Q(decided_by_name="")


def lent(actor: Actor) -> QuerySet[Any]:
    """The loans the actor's bank gave, or is asked for."""
    return lending.visible_to(actor).filter(lender__in=actor.orgs)


def waiting(actor: Actor) -> QuerySet[Any]:
    """Requests that wait for a person, the oldest first."""
    return lent(actor).filter(status="REFERRED").order_by("created_at", "id")


def late(actor: Actor, today: date) -> QuerySet[Any]:
    """Running loans whose due day has gone by, the longest first; days of grace included."""
    return lent(actor).filter(status__in=RUNNING, due_on__lt=today).order_by("due_on", "id")


def financed(actor: Actor, text: str = "") -> QuerySet[Any]:
    """The payments of this bank's loans; ``text`` is the beginning of a number."""
    return payments.grid(actor, text=text).filter(lender__in=actor.orgs)


def silent(actor: Actor) -> QuerySet[Any]:
    """Payments of which the bank's books have not said what became of them."""
    return financed(actor).filter(status="UNKNOWN")


def owed_on(loan: Any, day: date) -> Owed:
    """What is owed on a loan whose ``repayments`` were prefetched."""
    paid = sorted((one.effective, one.at, one.principal) for one in loan.repayments.all())
    return debt.owed(loan, [(effective, part) for effective, _at, part in paid], day)


def numbers_of(actor: Actor, wanted: Iterable[UUID]) -> dict[UUID, str]:
    """The numbers of these deals."""
    return dict(deals.visible_to(actor).filter(pk__in=list(wanted)).values_list("pk", "number"))


def named(actor: Actor, text: str) -> list[UUID]:
    """The parties whose code or name contains what was typed."""
    known = parties.visible_to(actor).filter(
        Q(code__iexact=text)
        | Q(name__icontains=text)
        | Q(name_zh__icontains=text)
        | Q(short_name__icontains=text)
        | Q(short_name_zh__icontains=text)
    )
    return list(known.values_list("pk", flat=True))
