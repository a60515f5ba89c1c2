"""Reading programmes, assessments and facilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from heliu.capital.credit import policies, reasons, ruling, scorecard
from heliu.capital.credit.models import (
    Cap,
    CapKind,
    CreditAssessment,
    Facility,
    FacilityStatus,
    OwnMoney,
    Product,
    Programme,
)
from heliu.capital.credit.rules import Rules
from heliu.capital.credit.seal import digest_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.posting import operations as posting

# Asked for every order that may be financed, so written out: making such a statement anew takes
# longer than answering it.
PROGRAMMES = """
select * from credit_programme
 where seller = %(seller)s and is_active and product = %(product)s order by id
"""
FACILITY = """
select * from credit_facility
 where borrower = %(borrower)s and lender = coalesce(%(lender)s::uuid, lender)
   and seller = coalesce(%(seller)s::uuid, seller) and status <> 'ENDED'
   and exists (select from credit_programme p
                where p.id = programme_id and p.product = 'DISTRIBUTOR_FINANCE')
 order by id limit 1
"""


FACILITIES = """
select f.* from unnest(%s::uuid[]) p (id)
  join lateral (select * from credit_facility
                 where borrower = %s and programme_id = p.id and status <> 'ENDED' offset 0) f
    on true
"""
# A cap binds where its party is the seller, the borrower, or the borrower's group at that lender.
CAPS = """
select c.* from credit_cap c
 where c.lender = any (%(lenders)s)
   and (c.kind = 'cap_seller' and c.party = %(seller)s
        or c.kind = 'cap_borrower' and c.party = %(borrower)s
        or c.kind = 'cap_group' and c.party in (
            select group_id from parties_groupmember
             where org = c.lender and member = %(borrower)s))
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


def programmes_for(seller: UUID, product: str = Product.DISTRIBUTOR_FINANCE) -> list[Programme]:
    """The live programmes under which a seller's dealers are financed, of all lenders: their
    orders, or another product."""
    return list(Programme.objects.raw(PROGRAMMES, {"seller": seller, "product": product}))


def stock_programmes(sellers: Sequence[UUID]) -> list[Programme]:
    """The live programmes under which goods of these sellers are lent against, with their margin
    rules."""
    found = Programme.objects.filter(seller__in=sellers, product=Product.INVENTORY, is_active=True)
    return list(found.select_related("margin_rules").order_by("id"))


def facilities_of(borrower: UUID, programmes: Sequence[UUID]) -> dict[UUID, Facility]:
    """The borrower's facilities that have not ended, by programme, in one statement."""
    found = Facility.objects.raw(FACILITIES, [list(programmes), borrower])
    return {one.programme_id: one for one in found}


def caps_over(borrower: UUID, *, seller: UUID, lenders: Sequence[UUID]) -> dict[UUID, list[Cap]]:
    """The quotas and caps that a loan to the borrower would count on, by lender, in one
    statement. What is free on them may be gone at once: only the hold decides."""
    asked = {"lenders": list(lenders), "seller": seller, "borrower": borrower}
    found: dict[UUID, list[Cap]] = {}
    for cap in Cap.objects.raw(CAPS, asked):
        found.setdefault(cap.lender, []).append(cap)
    return found


def quota_of(caps: Sequence[Cap]) -> int | None:
    """The lender's quota for the seller among the caps of `caps_over`, in fen, if it has one."""
    return next((cap.limit for cap in caps if cap.kind == CapKind.SELLER), None)


def caps_visible_to(actor: Actor) -> QuerySet[Cap]:
    """The quotas and caps of the actor's own house."""
    found = Cap.objects.order_by("kind", "-limit", "id")
    return found if actor.is_system else found.filter(lender__in=actor.orgs)


@dataclass(frozen=True)
class CapLine:
    """How far a quota or cap is used, in fen: its limit = `used` + `held` + `free` - `over`."""

    cap: Cap
    used: int
    held: int

    @property
    def free(self) -> int:
        """What may still be lent on it."""
        return max(0, self.cap.limit - self.used - self.held)

    @property
    def over(self) -> int:
        """What more stands than it lets: nothing new is lent until that is repaid."""
        return max(0, self.used + self.held - self.cap.limit)


def cap_lines(actor: Actor, *, at: datetime) -> list[CapLine]:
    """The quotas and caps of the actor's own house and how far each is used, in two statements."""
    caps = list(caps_visible_to(actor))
    stands = posting.balances([cap.account for cap in caps], at=at) if caps else {}
    return [CapLine(cap, stands[cap.account].posted, stands[cap.account].held_in) for cap in caps]


def own_money(actor: Actor) -> Decimal | None:
    """What the actor's house says its own money costs, per cent a year, or None."""
    found = OwnMoney.objects.filter(org=actor.own_org).first()
    return None if found is None else found.rate


def facility_of(
    borrower: UUID, *, lender: UUID | None = None, seller: UUID | None = None
) -> Facility | None:
    """The borrower's facility for orders that has not ended, of a lender or of a seller."""
    asked = {"borrower": borrower, "lender": lender, "seller": seller}
    return next(iter(Facility.objects.raw(FACILITY, asked)), None)


def line_of(facility: Facility, *, at: datetime) -> CreditLine:
    """How far a facility is used; holds that are due by `at` no longer count."""
    return _line(facility, posting.balances([facility.account], at=at)[facility.account])


def credit_line(actor: Actor, *, at: datetime, seller: UUID | None = None) -> CreditLine | None:
    """The credit line of the actor's organisation (for a seller's goods), or None."""
    facility = facility_of(actor.own_org, seller=seller)
    return None if facility is None else line_of(facility, at=at)


def credit_lines(actor: Actor, *, at: datetime) -> list[CreditLine]:
    """The credit lines of the actor's organisation at all its lenders, in two statements."""
    mine = visible_to(actor).filter(borrower=actor.own_org)
    found = list(mine.exclude(status=FacilityStatus.ENDED).order_by("id"))
    stands = posting.balances([one.account for one in found], at=at) if found else {}
    return [_line(one, stands[one.account]) for one in found]


def inputs_for(actor: Actor, one: CreditAssessment) -> dict[str, Any]:
    """What a decision was made from, as far as the reader may see it: the lender all of it; a
    borrower neither the lender's own figures nor what stands behind a reason it is not told."""
    if actor.is_system or one.lender in actor.orgs:
        return dict(one.inputs)
    hidden = {reasons.BEHIND.get(said["code"]) for said in one.reasons if said.get("untold")}
    hidden |= {"programme", "quota"}
    return {name: said for name, said in one.inputs.items() if name not in hidden}


def reasons_for(actor: Actor, one: CreditAssessment) -> list[dict[str, Any]]:
    """The reasons of a decision that the reader is told."""
    is_lender = actor.is_system or one.lender in actor.orgs
    return [said for said in one.reasons if is_lender or not said.get("untold")]


def check() -> list[str]:
    """Altered assessments, decisions that their record does not lead to, and limits and caps whose
    account has another ceiling; for the worker."""
    findings = []
    rules: dict[str, Rules] = {}
    for one in CreditAssessment.objects.order_by("at").iterator():
        if digest_of(one) != one.digest:
            findings.append(f"assessment {one} is not what was decided")
        elif one.overrides_id is None and not _leads_to(one, rules):
            findings.append(f"assessment {one}: its record leads to another decision")
    limits: list[Facility | Cap] = [*Facility.objects.all(), *Cap.objects.all()]
    stands = posting.balances([one.account for one in limits])
    for limit in limits:
        ceiling = stands[limit.account].ceiling
        sinks = isinstance(limit, Cap) and limit.is_sinking and (ceiling or 0) > limit.limit
        if ceiling != limit.limit and not sinks:
            name = "facility" if isinstance(limit, Facility) else "cap"
            findings.append(f"{name} {limit}: its limit is {limit.limit}, its account's {ceiling}")
    return findings


def _line(facility: Facility, stand: posting.Balance) -> CreditLine:
    limit = stand.ceiling or 0
    free = limit - stand.posted - stand.held_in
    return CreditLine(facility, limit, stand.posted, stand.held_in, free)


def _leads_to(one: CreditAssessment, rules: dict[str, Rules]) -> bool:
    """Whether the record leads to its decision; older ones without the programme's figures, or of
    another scorecard, cannot be asked."""
    if "programme" not in one.inputs or one.versions["scorecard"] != scorecard.VERSION:
        return True
    name = one.versions.get("rule_set", one.versions["rules"])
    if name not in rules:
        rules[name] = ruling.of_record(one.versions)
    found = policies.again(one.inputs, rules[name])
    said = (one.decision, one.score, one.grade, one.limit, one.deposit_ratio, one.rate)
    codes = [reason["code"] for reason in one.reasons]
    return said == (
        found.outcome, found.score, found.grade, found.limit, found.deposit_ratio, found.rate,
    ) and codes == [reason.code for reason in found.reasons]  # fmt: skip
