"""Reading approvals."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals.models import (
    Approval,
    ApprovalRule,
    ApprovalStatus,
    Delegation,
    Vote,
)
from heliu.kernel.approvals.policies import Level
from heliu.kernel.approvals.rights import right_of
from heliu.kernel.errors import NotFound


def visible_to(actor: Actor) -> QuerySet[Approval]:
    """The approvals asked for in the actor's organisations, newest first."""
    found = Approval.objects.order_by("-asked_at", "-id")
    return found if actor.is_system else found.filter(org__in=actor.orgs)


def get(actor: Actor, approval_id: UUID) -> Approval:
    """One of them. Raises `NotFound`."""
    found = visible_to(actor).filter(pk=approval_id).first()
    if found is None:
        raise NotFound()
    return found


def for_vote_of(actor: Actor, *, on: date | None = None) -> QuerySet[Approval]:
    """Those that wait for the actor's word: by its own right, and given a day by that of whoever is
    away then."""
    if actor.user_id is None:
        return Approval.objects.none()
    said = Vote.objects.filter(approval=OuterRef("pk"), person=actor.user_id)
    mine = visible_to(actor).filter(status=ApprovalStatus.WAITING)
    mine = mine.exclude(asked_by=actor.user_id).exclude(Exists(said))
    able = [one.pk for one in mine if right_of(actor, one, on=on)]
    return visible_to(actor).filter(pk__in=able)


def may_vote(actor: Actor, approval: Approval, *, on: date | None = None) -> bool:
    """Whether the actor's word is asked for."""
    return for_vote_of(actor, on=on).filter(pk=approval.pk).exists()


def delegations(actor: Actor, *, on: date) -> QuerySet[Delegation]:
    """Who of the actor's own house stands in for whom, now or later."""
    found = Delegation.objects.filter(org=actor.own_org, ended_at=None, ends__gte=on)
    return found.order_by("starts", "pk")


def rules(actor: Actor) -> QuerySet[ApprovalRule]:
    """The rules of the actor's own house, by act, amount and level."""
    found = ApprovalRule.objects.filter(org=actor.own_org)
    return found.order_by("act", "from_amount", "level")


def has_rules(org: UUID, act: str) -> bool:
    """Whether a house, the actor's or one below it, has rules for an act."""
    return ApprovalRule.objects.filter(org=org, act=act).exists()


def about(actor: Actor, subject: UUID, *acts: str) -> Approval | None:
    """What of these acts on a document waits for agreement, if something does."""
    found = visible_to(actor).filter(subject=subject, act__in=acts)
    return found.filter(status=ApprovalStatus.WAITING).first()


def waiting(subject: UUID, act: str, *, at: datetime) -> Approval | None:
    """The question whether to do an act on a document, while it waits for agreement; one that has
    run out waits no more."""
    found = Approval.objects.filter(subject=subject, act=act, status=ApprovalStatus.WAITING)
    return found.filter(expires_at__gt=at).first()


def agreed(subject: UUID, act: str) -> Approval:
    """The newest agreement to an act on a document, which there is."""
    found = Approval.objects.filter(subject=subject, act=act, status=ApprovalStatus.APPROVED)
    return found.latest("ended_at")


def signers_before(subject: UUID, act: str, actor: Actor) -> list[str]:
    """The names of those who asked for and agreed to an act that was approved, without the actor's
    own: whose names stand before it under a document."""
    found = Approval.objects.filter(subject=subject, act=act, status=ApprovalStatus.APPROVED)
    names = [
        name
        for one in found.order_by("asked_at")
        for name in (
            one.asked_by_name,
            *one.votes.filter(agrees=True).order_by("at").values_list("person_name", flat=True),
        )
    ]
    return [name for name in dict.fromkeys(names) if name != actor.name]


def check() -> list[str]:
    """The laws of the room: an approval counts as agreed only when every level has its people."""
    wrong = []
    for one in Approval.objects.filter(status=ApprovalStatus.APPROVED).prefetch_related("votes"):
        for number, level in enumerate(map(Level.read, one.levels), 1):
            said = [vote for vote in one.votes.all() if vote.agrees and vote.level == number]
            if len(said) < level.people:
                wrong.append(f"approval {one.pk}: level {number} has {len(said)} of {level.people}")
    return wrong
