"""Verifying a newcomer: by the register and the rules, or by a person at the operator's desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.events.notices import Told as TellTo
from heliu.kernel.events.notices import tell, tell_all
from heliu.kernel.files import operations as files
from heliu.kernel.files.models import StoredFile
from heliu.kernel.joining import queries
from heliu.kernel.joining.events import ApplicationDecided
from heliu.kernel.joining.models import (
    APPLICATION_MOVES,
    Act,
    Application,
    ApplicationStatus,
    Decision,
)
from heliu.kernel.joining.policies import Claim, against
from heliu.kernel.joining.port import Company, RegisterTimeout, current_register
from heliu.kernel.parties.models import ORGANIZATION_MOVES, Organization, OrganizationStatus
from heliu.kernel.parties.queries import operators
from heliu.kernel.states import move

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 20, 60))
"""After a silent register; then a person looks."""
MOST_FILES = 10
OWN = "/company/joining"
_A = ApplicationStatus


class Found(NamedTuple):
    """What spoke against admitting by rule, what the register said, the version of the rules."""

    findings: Sequence[str] = ()
    register: dict[str, Any] | None = None
    rules: int | None = None


def waiting(*, at: datetime) -> QuerySet[Application]:
    """Newcomers of whom the register is to be asked now, in their turn."""
    found = Application.objects.filter(status=_A.CHECKING, next_try_at__lte=at)
    return found.order_by("next_try_at", "id")


def verify(application: UUID, *, at: datetime) -> None:
    """Ask the register for one that waits and admit it where the rules do; else it goes to a
    person. Nothing where somebody else has it in hand. For the worker."""
    free = waiting(at=at).select_for_update(skip_locked=True)
    one = free.filter(pk=application).first()
    if one is None:
        return
    company, is_silent = None, False
    try:
        company = current_register().look_up(one.number, country=one.country)
    except RegisterTimeout:
        is_silent = True
        if one.tries < len(PAUSES):
            one.next_try_at = at + PAUSES[one.tries]
            one.tries += 1
            one.save(update_fields=["next_try_at", "tries"])
            return
    rules = queries.rules()
    found = against(
        Claim(one.join_as, one.name), company, rules, today=day_of(at), is_silent=is_silent
    )
    hand = Actor.system()
    told = Found(found, _kept(company), rules.number)
    if found:
        move(one, _A.IN_REVIEW, moves=APPLICATION_MOVES)
        _write(one, Act.TO_PERSON, actor=hand, at=at, told=told)
        _tell_operators(one, at)
    else:
        _admit(one, actor=hand, at=at, reason="", told=told)


def hand_in(application: UUID, *, actor: Actor, name: str, note: str, at: datetime) -> Application:
    """Answer what was asked, or ask once more after a denial: a person looks again."""
    actor.require("manage")
    one = _locked(actor, application)
    if one.org not in actor.orgs:
        raise NotFound()
    name = " ".join(name.split())
    if not 2 <= len(name) <= 120:
        raise Invalid("name-missing", "A company has a name.", field="name")
    move(one, _A.IN_REVIEW, moves=APPLICATION_MOVES, handed_in_at=at, decided_at=None, name=name)
    house = Organization.objects.get(pk=one.org)
    if house.status == OrganizationStatus.DENIED:
        move(house, OrganizationStatus.PENDING, moves=ORGANIZATION_MOVES)
    Organization.objects.filter(pk=one.org).update(
        name=name, **({"name_zh": name} if one.country == "CN" else {})
    )
    _write(one, Act.HANDED_IN, actor=actor, reason=note, at=at)
    _tell_operators(one, at)
    return one


def add_evidence(
    application: UUID, *, actor: Actor, name: str, content: bytes, at: datetime
) -> StoredFile:
    """Add the photo of a licence or another paper, for the operator to read."""
    actor.require("manage")
    one = _locked(actor, application)
    if one.org not in actor.orgs:
        raise NotFound()
    if one.status == _A.APPROVED:
        raise Refused("admitted-already", "This company is admitted.")
    if StoredFile.objects.filter(subject=one.pk).count() >= MOST_FILES:
        raise Refused(
            "files-enough", "An application has %(most)s files at most.", field="file",
            most=MOST_FILES,
        )  # fmt: skip
    return files.keep(
        content,
        actor=actor,
        org=one.org,
        name=name,
        subject=one.pk,
        readers=operators(),
        at=at,
    )


def approve(application: UUID, *, actor: Actor, reason: str, at: datetime) -> Application:
    """A person admits a newcomer, with the reason."""
    actor.require("operate")
    one = _locked(actor, application)
    if not reason.strip():
        raise Invalid("reason-missing", "A decision needs a reason.", field="reason")
    _admit(one, actor=actor, reason=reason, at=at)
    return one


def deny(application: UUID, *, actor: Actor, reason: str, at: datetime) -> Application:
    """A person does not admit a newcomer; it reads the reason and may ask once more."""
    actor.require("operate")
    one = _locked(actor, application)
    if not reason.strip():
        raise Invalid("reason-missing", "A decision needs a reason.", field="reason")
    move(one, _A.DENIED, moves=APPLICATION_MOVES, decided_at=at)
    _move_house(one, OrganizationStatus.DENIED)
    _write(one, Act.DENIED, actor=actor, reason=reason, at=at)
    _decided(one, actor=actor, reason=reason, at=at)
    tell(one.org, "application-denied", {"reason": reason[:200]}, link=OWN, at=at)
    return one


def ask_for_more(application: UUID, *, actor: Actor, reason: str, at: datetime) -> Application:
    """A person asks the newcomer for something before deciding."""
    actor.require("operate")
    one = _locked(actor, application)
    if not reason.strip():
        raise Invalid("reason-missing", "Say what is missing.", field="reason")
    move(one, _A.MORE_ASKED, moves=APPLICATION_MOVES)
    _write(one, Act.MORE_ASKED, actor=actor, reason=reason, at=at)
    tell(one.org, "application-more", {"reason": reason[:200]}, link=OWN, at=at)
    return one


def _tell_operators(one: Application, at: datetime) -> None:
    """A newcomer waits for a person."""
    link = f"/operator/newcomers/{one.pk}"
    told = [TellTo(operator, {"company": one.name}, link) for operator in operators()]
    tell_all("application-waits", told, at=at)


def _admit(
    one: Application, *, actor: Actor, reason: str, at: datetime, told: Found | None = None
) -> None:
    move(one, _A.APPROVED, moves=APPLICATION_MOVES, decided_at=at)
    _move_house(one, OrganizationStatus.ACTIVE)
    _write(one, Act.APPROVED, actor=actor, reason=reason, at=at, told=told)
    _decided(one, actor=actor, reason=reason, at=at)


def _decided(one: Application, *, actor: Actor, reason: str, at: datetime) -> None:
    fact = ApplicationDecided(
        subject=one.pk,
        org=one.org,
        is_admitted=one.status == _A.APPROVED,
        by_rule=actor.is_system,
        reason=reason[:500],
    )
    record(fact, actor=actor, at=at, audience=[one.org, *operators()])


def _move_house(one: Application, status: str) -> None:
    house = Organization.objects.select_for_update().get(pk=one.org)
    move(house, status, moves=ORGANIZATION_MOVES)


def _locked(actor: Actor, application: UUID) -> Application:
    found = queries.visible_to(actor).select_for_update().filter(pk=application).first()
    if found is None:
        raise NotFound()
    return found


def _write(
    one: Application,
    act: str,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    told: Found | None = None,
) -> None:
    found = told or Found()
    Decision.objects.create(
        application=one,
        org=one.org,
        act=act,
        by=actor.user_id,
        by_name="" if actor.is_system else actor.name,
        reason=reason.strip()[:500],
        findings=list(found.findings),
        register=found.register,
        rules=found.rules,
        at=at,
    )


def _kept(company: Company | None) -> dict[str, Any] | None:
    if company is None:
        return None
    founded = company.founded_on.isoformat() if company.founded_on else None
    return asdict(company) | {"founded_on": founded}
