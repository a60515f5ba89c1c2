"""Asking for agreement, giving it, and taking the question back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.queries import colleague
from heliu.kernel.approvals.models import (
    APPROVAL_MOVES,
    Approval,
    ApprovalRule,
    ApprovalStatus,
    Delegation,
    Vote,
)
from heliu.kernel.approvals.policies import (
    MOST_HOURS,
    MOST_LEVELS,
    MOST_PEOPLE,
    WHOLE,
    Act,
    Level,
    Measure,
    Ruled,
    levels_for,
)
from heliu.kernel.approvals.rights import right_of
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.states import move

NOBODY = UUID(int=0)  # asks where the platform does


def set_levels(
    act: Act, *, from_amount: int, levels: Sequence[Level], actor: Actor, at: datetime
) -> None:
    """The actor's house rules that from this amount (by the act's measure) on it needs these
    levels, one after the other; without levels the rule of this amount is taken away.

    What waits already goes on under the levels it was asked with. Whoever asks never has a vote, so
    no rule makes one person enough. Raises `Invalid` for levels that nobody could agree at.
    """
    actor.require("manage")
    if from_amount < 0:
        raise Invalid("amount-negative", "An amount is not below zero.", field="from_amount")
    if act.measure == Measure.SHARE and from_amount > WHOLE:
        raise Invalid("share-invalid", "A share is at most 100 per cent.", field="from_amount")
    check_levels(act, levels)
    org = actor.own_org
    ApprovalRule.objects.filter(org=org, act=act.name, from_amount=from_amount).delete()
    ApprovalRule.objects.bulk_create(
        ApprovalRule(
            org=org,
            act=act.name,
            from_amount=from_amount,
            level=number,
            permission=level.permission,
            people=level.people,
            set_by_name=actor.name,
            set_at=at,
        )
        for number, level in enumerate(levels, 1)
    )


def check_levels(act: Act, levels: Sequence[Level]) -> None:
    """Raises `Invalid` for levels that nobody could agree at."""
    if len(levels) > MOST_LEVELS:
        raise Invalid(
            "too-many-levels", "At most %(most)s levels.", field="levels", most=str(MOST_LEVELS)
        )
    for level in levels:
        most = len(set(level.persons)) if level.persons else MOST_PEOPLE
        if level.permission not in act.agreed_by or not 1 <= level.people <= most:
            raise Invalid(
                "level-invalid",
                "A level asks 1 to %(most)s people who may do such a thing.",
                field="levels",
                most=str(most),
            )
        if not 0 <= level.hours <= MOST_HOURS:
            raise Invalid("hours-invalid", "An hour count is 0 to 720.", field="levels")


def delegate(deputy: UUID, *, starts: date, ends: date, actor: Actor, at: datetime) -> Delegation:
    """While the actor is away, a colleague agrees in its place, from a day to a day."""
    if actor.user_id is None or deputy == actor.user_id:
        raise Invalid("deputy-invalid", "Choose a colleague who stands in for you.", field="deputy")
    if ends < starts or ends < day_of(at):
        raise Invalid("days-invalid", "The last day comes before the first.", field="ends")
    return Delegation.objects.create(
        org=actor.own_org, person=actor.user_id, person_name=actor.name, deputy=deputy,
        deputy_name=str(colleague(actor, deputy))[:80], starts=starts, ends=ends, set_at=at,
    )  # fmt: skip


def end_delegation(delegation: UUID, *, actor: Actor, at: datetime) -> Delegation:
    """Whoever gave it takes it back; done again, it changes nothing."""
    mine = Delegation.objects.select_for_update().filter(org=actor.own_org, pk=delegation)
    found = mine.first()
    if found is None or found.person != actor.user_id:
        raise NotFound()
    if found.ended_at is None:
        found.ended_at = at
        found.save(update_fields=["ended_at"])
    return found


def escalate(*, at: datetime) -> list[Approval]:
    """Levels that have waited too long are opened to those who manage the house; returns these."""
    due = Approval.objects.select_for_update().filter(
        status=ApprovalStatus.WAITING, is_escalated=False, escalates_at__lte=at
    )
    found = list(due.order_by("pk"))
    for one in found:
        one.is_escalated = True
        one.save(update_fields=["is_escalated"])
    return found


def is_needed(act: Act, *, org: UUID, amount: int) -> bool:
    """Whether an act of this amount needs anybody else's agreement in this house."""
    return bool(_levels(act, org, amount))


def levels_of(act: Act, *, org: UUID, amount: int) -> Sequence[Level]:
    """Who must agree to an act of this amount (by its measure) by the rules of this house."""
    return _levels(act, org, amount)


def ask(
    act: Act,
    *,
    subject: UUID,
    name: str,
    amount: int,
    reason: str,
    org: UUID,
    actor: Actor,
    at: datetime,
    levels: Sequence[Level] | None = None,
) -> Approval:
    """Ask the others of a house for their agreement to an act on a document of it.

    `org` is the house whose document it is, by whose rules it goes and whose people are asked: that
    of the actor or one below it. `name` is what people call the document, `amount` (minor units)
    decides by which rule it is agreed to. While one waits, a second about the same is refused; one
    that has run out is over then. Needs a person, with a reason; where the platform itself asks,
    the act says why. Where the act has rules of its own that know more than an amount, its `levels`
    are given.
    """
    if actor.user_id is None and not actor.is_system:
        raise Forbidden("no-desk", "This needs somebody at a desk.")
    if not actor.is_system and org not in actor.orgs:
        raise NotFound()
    if not actor.is_system and not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    waiting = Approval.objects.filter(act=act.name, subject=subject, status=ApprovalStatus.WAITING)
    waiting.filter(expires_at__lte=at).update(status=ApprovalStatus.EXPIRED, ended_at=at)
    if waiting.exists():
        raise Refused("approval-waits", "This waits for agreement already.")
    must = list(_levels(act, org, amount) if levels is None else levels)
    return Approval.objects.create(
        org=org,
        act=act.name,
        subject=subject,
        name=name,
        amount=amount,
        reason=reason.strip()[:300],
        levels=[level.kept() for level in must],
        escalates_at=_escalates(must[0], at) if must else None,
        asked_by=actor.user_id or NOBODY,
        asked_by_name=actor.name,
        asked_at=at,
        expires_at=at + timedelta(days=act.days),
    )


def vote(
    approval_id: UUID, *, agrees: bool, actor: Actor, at: datetime, reason: str = ""
) -> Approval:
    """One person's word. The last that is needed makes it APPROVED, one no makes it REFUSED.

    Raises `Forbidden` for whoever asked and for those without the permission of the present level,
    `Refused` when the person has spoken before or nothing waits any more.
    """
    approval = _locked(approval_id, actor)
    _require_waiting(approval, at)
    if actor.user_id is None or actor.user_id == approval.asked_by:
        raise Forbidden("own-request", "Whoever asks for it cannot agree to it.")
    if approval.votes.filter(person=actor.user_id).exists():
        raise Refused("voted", "You have said your word on this.")
    right = right_of(actor, approval, on=day_of(at))
    if right is None:
        raise Forbidden(
            "not-permitted",
            "Your roles do not allow this (%(permission)s).",
            permission=approval.permission,
        )
    if not agrees and not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    Vote.objects.create(
        approval=approval,
        org=approval.org,
        level=approval.level,
        asked_by=approval.asked_by,
        person=actor.user_id,
        person_name=actor.name,
        stands_for=right.person,
        stands_for_name=right.name,
        agrees=agrees,
        reason=reason.strip()[:300],
        at=at,
    )
    if not agrees:
        move(approval, ApprovalStatus.REFUSED, moves=APPROVAL_MOVES, ended_at=at)
    else:
        _count(approval, at)
    return approval


def withdraw(approval_id: UUID, *, actor: Actor, at: datetime) -> Approval:
    """Whoever asked takes the question back."""
    approval = _locked(approval_id, actor)
    _require_waiting(approval, at)
    if actor.user_id != approval.asked_by:
        raise Forbidden("not-your-request", "Only whoever asked can withdraw this.")
    move(approval, ApprovalStatus.WITHDRAWN, moves=APPROVAL_MOVES, ended_at=at)
    return approval


def overtaken(subject: UUID, *, at: datetime, act: Act | None = None) -> None:
    """What was asked about a document (by one act, if it is given) has lost its sense: it is
    over."""
    waiting = Approval.objects.filter(subject=subject, status=ApprovalStatus.WAITING)
    waiting = waiting.filter(act=act.name) if act else waiting
    waiting.update(status=ApprovalStatus.EXPIRED, ended_at=at)


def expire(*, at: datetime) -> int:
    """Whatever waited too long is over; returns how many."""
    due = Q(status=ApprovalStatus.WAITING, expires_at__lte=at)
    return Approval.objects.filter(due).update(status=ApprovalStatus.EXPIRED, ended_at=at)


def _levels(act: Act, org: UUID, amount: int) -> list[Level]:
    rules = ApprovalRule.objects.filter(org=org, act=act.name).values_list(
        "from_amount", "level", "permission", "people"
    )
    return list(levels_for(act, [Ruled(*rule) for rule in rules], amount))


def _locked(approval_id: UUID, actor: Actor) -> Approval:
    found = Approval.objects.select_for_update().filter(pk=approval_id, org__in=actor.orgs).first()
    if found is None:
        raise NotFound()
    return found


def _require_waiting(approval: Approval, at: datetime) -> None:
    if approval.status != ApprovalStatus.WAITING or approval.expires_at <= at:
        raise Refused("approval-over", "This does not wait for agreement any more.")


def _count(approval: Approval, at: datetime) -> None:
    """On to the next level when the present one has its people."""
    people = approval.asked_now.people
    if approval.votes.filter(level=approval.level, agrees=True).count() < people:
        return
    if approval.level == len(approval.levels):
        move(approval, ApprovalStatus.APPROVED, moves=APPROVAL_MOVES, ended_at=at)
        return
    approval.level += 1
    approval.is_escalated, approval.escalates_at = False, _escalates(approval.asked_now, at)
    approval.save(update_fields=["level", "is_escalated", "escalates_at"])


def _escalates(level: Level, at: datetime) -> datetime | None:
    return at + timedelta(hours=level.hours) if level.hours else None
