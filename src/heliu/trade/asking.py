"""Asking a house for its agreement to an act, and telling it that it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.trade import deals
from heliu.trade.models import Deal


def ask_others(
    act: Act,
    deal: Deal,
    *,
    org: UUID,
    amount: int,
    actor: Actor,
    reason: str,
    at: datetime,
) -> Approval:
    """Ask the others of a house, that party of the deal whose act it is, for their agreement to an
    act on it, and tell them."""
    return ask(
        act,
        subject=deal.id,
        name=deal.number,
        link=deals.link(deal),
        org=org,
        amount=amount,
        actor=actor,
        reason=reason,
        at=at,
    )


def ask(
    act: Act,
    *,
    subject: UUID,
    name: str,
    org: UUID,
    amount: int,
    actor: Actor,
    reason: str,
    at: datetime,
    link: str = "",
    levels: Sequence[Level] | None = None,
    kind: str = "approval-asked",
) -> Approval:
    """The same about anything; by default the notice leads to the question. `levels` are given
    where the act has rules of its own, `kind` is that of the notice."""
    asked = approvals.ask(
        act,
        subject=subject,
        name=name,
        org=org,
        amount=amount,
        reason=reason,
        actor=actor,
        levels=levels,
        at=at,
    )
    tell(
        asked.org,
        kind,
        {"number": name, "amount": Money(amount)},
        link=link or f"/approvals/{asked.pk}",
        at=at,
    )
    return asked
