"""Reading cases; every read begins at `visible_to`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from heliu.commerce.cases.models import LIVE as LIVE
from heliu.commerce.cases.models import Case, CaseKind, CaseStatus, ServiceLevel
from heliu.commerce.cases.policies import ANSWER_HOURS, SOLVE_HOURS
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound

KINDS = CaseKind.choices
STATUSES = CaseStatus.choices


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases the actor's organisations opened or are to solve."""
    found = Case.objects.select_related("sku")
    if actor.is_system:
        return found
    return found.filter(Q(buyer__in=actor.orgs) | Q(seller__in=actor.orgs))


def get(actor: Actor, id_or_number: UUID | str) -> Case:
    """One case, or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = visible_to(actor).filter(**by).first()
    if found is None:
        raise NotFound()
    return found


def of_order(actor: Actor, order: UUID) -> QuerySet[Case]:
    """The cases about an order, the newest first."""
    return visible_to(actor).filter(order_id=order).order_by("-opened_at", "-id")


def queue(actor: Actor) -> QuerySet[Case]:
    """What the actor's house has to solve, by the time it is promised."""
    mine = Case.objects.select_related("sku").filter(seller__in=actor.orgs)
    return mine.order_by("solve_due", "id")


def late(at: datetime) -> Q:
    """Cases whose seller has not kept its service level: unanswered, or unsolved, too long."""
    unanswered = Q(answered_at=None, answer_due__lt=at)
    return Q(status__in=LIVE) & (unanswered | Q(solve_due__lt=at))


def level_of(seller: UUID) -> tuple[int, int]:
    """Hours to the first answer and to the solution that a seller promises."""
    found = ServiceLevel.objects.filter(pk=seller).first()
    return (found.answer_hours, found.solve_hours) if found else (ANSWER_HOURS, SOLVE_HOURS)
