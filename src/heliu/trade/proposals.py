"""What a house's own rules let nobody do alone: kept as it was asked for, done when all agreed.

    at_once_or_asked   done, where no rule of the house asks for others; else tried, so that what
                       would be refused is refused now, kept, and laid before the others
    carry_out          the last yes was said: it is done with the right of whoever asked for it

Which acts these are, and how each is done from what was kept, is said in `approvals.PROPOSED`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.trade.asking import ask
from heliu.trade.models import Proposal

type Hand = Callable[[Mapping[str, Any], Actor, datetime], object]


def at_once_or_asked[T](
    act: Act,
    what: str,
    said: Mapping[str, Any],
    do: Callable[[], T],
    *,
    subject: UUID,
    name: str,
    org: UUID,
    amount: int,
    reason: str,
    actor: Actor,
    at: datetime,
    levels: Sequence[Level] | None = None,
    right: str = "override",
    kind: str = "approval-asked",
) -> T | Approval:
    """Do it, or ask the others of the house whose paper it is where its rules want that for this
    `amount`.

    Minor units. `said` is all that is needed to do it later, as JSON keeps it, `right` what whoever
    asks may do it by. `levels` are given where rules do not go by the amount, `kind` is that of the
    notice. About one `subject` one question waits at a time. Raises what `do` raises; nothing of a
    trial stays.
    """
    if actor.is_system:
        return do()
    if levels is None:
        levels = approvals.levels_of(act, org=org, amount=amount)
    if not levels:
        return do()
    with transaction.atomic():
        _try(do)
        asked = ask(
            act, subject=subject, name=name[:40], org=org, amount=amount, reason=reason,
            levels=levels, kind=kind, actor=actor, at=at,
        )  # fmt: skip
        Proposal.objects.create(
            approval=asked.pk, org=asked.org, right=right, what=what, said=dict(said)
        )
    return asked


def carry_out(asked: Approval, hands: Mapping[str, Hand], *, actor: Actor, at: datetime) -> None:
    """Do what all have agreed to. The right is that of whoever asked, which was looked at then;
    both names stand beside what is done."""
    proposal = Proposal.objects.select_for_update().get(approval=asked.pk, org__in=actor.orgs)
    hand = replace(
        actor,
        name=f"{asked.asked_by_name}, {actor.name}"[:80],
        permissions=actor.permissions | {proposal.right},
    )
    hands[proposal.what](proposal.said, hand, at)
    proposal.done_at = at
    proposal.save(update_fields=["done_at"])


def of(approval: UUID, actor: Actor) -> Proposal | None:
    """What a question of the actor's house is about, where it was kept."""
    return Proposal.objects.filter(approval=approval, org__in=actor.orgs).first()


def _try(do: Callable[[], object]) -> None:
    with transaction.atomic():
        do()
        transaction.set_rollback(True)
