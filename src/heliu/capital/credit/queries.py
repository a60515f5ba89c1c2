"""Reading programmes, assessments and facilities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from heliu.capital.credit.models import CreditAssessment, Facility, Programme
from heliu.capital.credit.seal import digest_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.posting import operations as posting

# Asked for every order that may be financed, so written out: making such a statement anew takes
# longer than answering it.
PROGRAMME = """
select * from credit_programme
 where seller = %(seller)s and lender = coalesce(%(lender)s::uuid, lender) and is_active
 order by id limit 1
"""
FACILITY = """
select * from credit_facility
 where borrower = %(borrower)s and lender = coalesce(%(lender)s::uuid, lender)
   and seller = coalesce(%(seller)s::uuid, seller) and status <> 'ENDED'
 order by id limit 1
"""


@dataclass(frozen=True)
class CreditLine:
    """What a borrower may still draw, in fen: `limit` = `used` + `held` + `free`.

    `next_due_on` and `next_due` say what is to be paid next; lending fills them in.
    """

    facility: Facility
    limit: int
    used: int
    held: int
    free: int
    next_due_on: date | None = None
    next_due: int = 0


def visible_to(actor: Actor) -> QuerySet[Facility]:
    """The facilities the actor has or gives."""
    if actor.is_system:
        return Facility.objects.all()
    return Facility.objects.filter(Q(borrower__in=actor.orgs) | Q(lender__in=actor.orgs))


def assessments_visible_to(actor: Actor) -> QuerySet[CreditAssessment]:
    """The assessments of the actor, and by the actor."""
    if actor.is_system:
        return CreditAssessment.objects.all()
    return CreditAssessment.objects.filter(Q(borrower__in=actor.orgs) | Q(lender__in=actor.orgs))


def programmes_visible_to(actor: Actor) -> QuerySet[Programme]:
    """The programmes the actor runs, sells under or borrows under."""
    if actor.is_system:
        return Programme.objects.all()
    mine = Facility.objects.filter(borrower__in=actor.orgs).values("programme")
    return Programme.objects.filter(
        Q(lender__in=actor.orgs) | Q(seller__in=actor.orgs) | Q(id__in=mine)
    )


def get(actor: Actor, number: str) -> Facility:
    """One facility by its number, or `NotFound`."""
    found = visible_to(actor).filter(number=number).select_related("programme").first()
    if found is None:
        raise NotFound()
    return found


def get_assessment(actor: Actor, number: str) -> CreditAssessment:
    """One assessment by its number, or `NotFound`."""
    # Without its programme: whoever was declined is not financed under it and may not see it.
    found = assessments_visible_to(actor).filter(number=number).select_related("overrides").first()
    if found is None:
        raise NotFound()
    return found


def programme_for(*, seller: UUID, lender: UUID | None = None) -> Programme | None:
    """The live programme under which a seller's dealers are financed (of one lender, if given)."""
    found = Programme.objects.raw(PROGRAMME, {"seller": seller, "lender": lender})
    return next(iter(found), None)


def facility_of(
    borrower: UUID, *, lender: UUID | None = None, seller: UUID | None = None
) -> Facility | None:
    """The borrower's facility that has not ended, of a lender or for a seller's goods."""
    asked = {"borrower": borrower, "lender": lender, "seller": seller}
    return next(iter(Facility.objects.raw(FACILITY, asked)), None)


def line_of(facility: Facility, *, at: datetime) -> CreditLine:
    """How far a facility is used; holds that are due by `at` no longer count."""
    balance = posting.balances([facility.account], at=at)[facility.account]
    limit = balance.ceiling or 0
    used, held = balance.posted, balance.held_in
    return CreditLine(facility, limit, used, held, limit - used - held)


def credit_line(actor: Actor, *, at: datetime, seller: UUID | None = None) -> CreditLine | None:
    """The credit line of the actor's organisation (for a seller's goods), or None."""
    facility = facility_of(actor.own_org, seller=seller)
    return None if facility is None else line_of(facility, at=at)


def check() -> list[str]:
    """Altered assessments, and facilities whose account has another ceiling; for the worker."""
    findings = [
        f"assessment {one} is not what was decided"
        for one in CreditAssessment.objects.order_by("at").iterator()
        if digest_of(one) != one.digest
    ]
    facilities = list(Facility.objects.all())
    stands = posting.balances([one.account for one in facilities])
    for one in facilities:
        ceiling = stands[one.account].ceiling
        if ceiling != one.limit:
            findings.append(f"facility {one}: its limit is {one.limit}, its account's {ceiling}")
    return findings
