"""Reading filings and registrations."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from heliu.capital.registry import policies
from heliu.capital.registry.models import (
    OPEN,
    Filing,
    FilingKind,
    FilingStatus,
    Registration,
)
from heliu.capital.registry.port import Entry
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound


def visible_to(actor: Actor) -> QuerySet[Filing]:
    """The filings of which the actor is the lender or the debtor."""
    if actor.is_system:
        return Filing.objects.all()
    return Filing.objects.filter(Q(lender__in=actor.orgs) | Q(debtor__in=actor.orgs))


def get(actor: Actor, filing: UUID) -> Filing:
    """One filing, or `NotFound`."""
    found = visible_to(actor).filter(pk=filing).first()
    if found is None:
        raise NotFound()
    return found


def of_deal(actor: Actor, deal: UUID) -> QuerySet[Filing]:
    """The filings of one deal in the order they were written."""
    return visible_to(actor).filter(deal=deal).order_by("written_at", "id")


def registrations_visible_to(actor: Actor) -> QuerySet[Registration]:
    """The registrations of which the actor is the lender or the debtor."""
    if actor.is_system:
        return Registration.objects.all()
    return Registration.objects.filter(Q(lender__in=actor.orgs) | Q(debtor__in=actor.orgs))


def live(actor: Actor) -> QuerySet[Registration]:
    """What is registered now, what ends first on top."""
    return registrations_visible_to(actor).filter(discharged_at=None).order_by("expires_on", "id")


def ending(*, on: date) -> QuerySet[Registration]:
    """Live registrations near enough to their end that some are renewed; for the worker."""
    return Registration.objects.filter(discharged_at=None, expires_on__lte=on + policies.AHEAD)


def newest_search(deal: UUID) -> Filing | None:
    """The last search that was written for a deal."""
    searches = Filing.objects.filter(deal=deal, kind=FilingKind.SEARCH)
    return searches.order_by("written_at", "id").last()


def waiting(actor: Actor) -> QuerySet[Filing]:
    """What is on its way to the registry, and what it refused and nobody has filed again."""
    refused = Q(status=FilingStatus.REFUSED, deal__isnull=False, again=None)
    found = visible_to(actor).filter(Q(status__in=OPEN) | refused)
    return found.order_by("-status", "written_at")


def in_conflict(actor: Actor) -> QuerySet[Filing]:
    """The newest searches of deals that found another's claim."""
    later = Filing.objects.filter(
        deal=OuterRef("deal"), kind=FilingKind.SEARCH, written_at__gt=OuterRef("written_at")
    )
    found = visible_to(actor).filter(kind=FilingKind.SEARCH, against__gt=0, deal__isnull=False)
    return found.filter(~Exists(later)).order_by("answered_at")


def by_hand(actor: Actor) -> QuerySet[Filing]:
    """The searches that somebody made by hand, newest first."""
    return visible_to(actor).filter(deal=None).order_by("-written_at")


def entries(search: Filing) -> list[Entry]:
    """What a search found."""
    return policies.read(search.found)


def conflicts(search: Filing) -> list[Entry]:
    """What an answered search found that stands against its lender."""
    if search.status != FilingStatus.ANSWERED or search.answered_at is None:
        return []
    return policies.conflicts(
        entries(search),
        lender=str(search.lender),
        goods=search.goods,
        lot=search.lot,
        on=day_of(search.answered_at),
    )


def check() -> list[str]:
    """Where filings and registrations contradict each other; for the worker."""
    answered = Filing.objects.filter(status=FilingStatus.ANSWERED)
    lost = answered.filter(kind=FilingKind.REGISTER, registration=None)
    kept = answered.filter(kind=FilingKind.DISCHARGE, registration__discharged_at=None)
    struck = Registration.objects.exclude(discharged_at=None).exclude(
        filings__in=answered.filter(kind=FilingKind.DISCHARGE)
    )
    short = answered.filter(kind=FilingKind.AMEND, registration__expires_on__lt=F("until"))
    return [
        *(f"registration of deal {one.deal} was answered and is not kept" for one in lost),
        *(f"registration {one.registration} was struck off and is kept live" for one in kept),
        *(f"registration {one} is kept struck off, and nobody filed that" for one in struck),
        *(f"registration {one.registration} was renewed and ends before" for one in short),
    ]
