"""Reading cases; every read begins at `visible_to`."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case as DbCase
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from heliu.commerce.cases.models import LIVE as LIVE
from heliu.commerce.cases.models import Case, CaseKind, CaseStatus, ServiceLevel
from heliu.commerce.cases.policies import ANSWER_HOURS, QUIET_DAYS, SOLVE_HOURS
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.queries import Promised, promised

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
    """What the actor's house has to solve, what is promised first on top."""
    return by_promise(Case.objects.select_related("sku").filter(seller__in=actor.orgs))


def by_promise(found: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with what is promised next of each (`promise`): its first answer, then its solution;
    none once it is solved. What is promised first comes first."""
    next_ = DbCase(
        When(answered_at=None, status__in=LIVE, then="answer_due"),
        When(status__in=LIVE, then="solve_due"),
    )
    return found.annotate(promise=next_).order_by("promise", "id")


def late(at: datetime) -> Q:
    """Cases whose seller has not kept its service level: unanswered, or unsolved, too long."""
    unanswered = Q(answered_at=None, answer_due__lt=at)
    return Q(status__in=LIVE) & (unanswered | Q(solve_due__lt=at))


def level_of(seller: UUID, buyer: UUID | None = None) -> Promised:
    """Hours to the first answer and to the solution that a seller promises to all, or to a buyer:
    what its tier is promised comes first."""
    own = promised(buyer=buyer, seller=seller) if buyer else None
    if own:
        return own
    found = ServiceLevel.objects.filter(pk=seller).first()
    hours = (found.answer_hours, found.solve_hours) if found else (ANSWER_HOURS, SOLVE_HOURS)
    return Promised(*hours, tier="")


def quiet_days_of(seller: UUID) -> int | None:
    """After how many days without a word a seller's cases close by themselves; None: none does."""
    found = ServiceLevel.objects.filter(pk=seller).first()
    return found.quiet_days if found else QUIET_DAYS


def to_remind(at: datetime) -> QuerySet[Case]:
    """Cases of whose promise their seller is to be reminded; for the worker."""
    return Case.objects.filter(status__in=LIVE, remind_at__lte=at)


def quiet(at: datetime) -> QuerySet[Case]:
    """Cases that wait for nobody but their customer, and of which it has said nothing for as long
    as their seller waits; for the worker."""
    level = ServiceLevel.objects.filter(pk=OuterRef("seller"))
    days = Coalesce(Subquery(level.values("quiet_days")[:1]), Value(QUIET_DAYS))
    never = level.filter(quiet_days=None)
    found = Case.objects.filter(
        status__in=(CaseStatus.SOLVED, CaseStatus.WAITS_BUYER),
        moved_at__lte=at - timedelta(days=1),
    )
    span = ExpressionWrapper(days * Value(timedelta(days=1)), output_field=DurationField())
    over = ExpressionWrapper(F("moved_at") + span, output_field=DateTimeField())
    return found.exclude(Exists(never)).annotate(over_at=over).filter(over_at__lte=at)
