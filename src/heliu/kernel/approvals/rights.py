"""Whose right a person uses who says a word: its own, or that of somebody who is away."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import desks_of
from heliu.kernel.approvals.models import Approval, Delegation
from heliu.kernel.approvals.policies import STEPS_IN, Level


class Right(NamedTuple):
    """Whose it is; the name is empty where it is one's own."""

    person: UUID
    name: str = ""


def right_of(actor: Actor, approval: Approval, *, on: date | None) -> Right | None:
    """The right with which the actor may speak at the present level, if it has one: its own, else
    the first of somebody away on this day that was not used yet. Whoever asked lends none."""
    if actor.user_id is None or actor.user_id == approval.asked_by:
        return None
    level = approval.asked_now
    if _has(actor.user_id, actor.permissions, level) or (
        approval.is_escalated and actor.may(STEPS_IN)
    ):
        return Right(actor.user_id)
    if on is None:
        return None
    used = set(approval.votes.values_list("stands_for", flat=True)) | {approval.asked_by}
    for one in _away(actor.user_id, actor.orgs, on):
        if one.person not in used and _has(one.person, _permissions(one), level):
            return Right(one.person, one.person_name)
    return None


def _has(person: UUID, permissions: frozenset[str], level: Level) -> bool:
    return person in level.persons if level.persons else level.permission in permissions


def _away(person: UUID, orgs: tuple[UUID, ...], on: date) -> list[Delegation]:
    """Who is away on this day and has this person stand in, in one of these houses."""
    found = Delegation.objects.filter(
        deputy=person, org__in=orgs, starts__lte=on, ends__gte=on, ended_at=None
    )
    return list(found.order_by("set_at", "pk"))


def _permissions(one: Delegation) -> frozenset[str]:
    """What the person who is away may do in its house now."""
    return next((d.permissions for d in desks_of(one.person) if d.org == one.org), frozenset())
