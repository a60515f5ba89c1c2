"""How a deal remembers what was done, so that a doubled or late message does nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.trade.models import Deal, DealStep, Outcome, Step


def parties(deal: Deal) -> list[UUID]:
    """The organisations whose deal it is."""
    everyone = (deal.buyer, deal.seller, deal.lender, deal.custodian)
    return [org for org in everyone if org is not None]


def locked(deal_id: UUID) -> Deal:
    """The deal, with other steps of it waiting until this transaction ends.

    Every step of a story begins here, so steps of one deal never run side by side and locks are
    taken in one order: deal, then its documents, then accounts, goods last.
    """
    deal = Deal.objects.select_for_update().filter(pk=deal_id).first()
    if deal is None:
        raise NotFound()
    return deal


def remember(
    deal: Deal, step: Step, *, actor: Actor, at: datetime, key: str = "", **data: Any
) -> bool:
    """Write a step down; False when this step was done before under this key.

    `data` are ids, numbers and amounts a reader of the deal needs; nothing personal.
    """
    if is_done(deal, step, key=key):
        return False
    DealStep.objects.create(
        deal=deal,
        step=step,
        key=key,
        at=at,
        actor=actor.user_id,
        actor_name=actor.name,
        data={name: _plain(value) for name, value in data.items()},
        buyer=deal.buyer,
        seller=deal.seller,
        lender=deal.lender,
        custodian=deal.custodian,
    )
    deal.moved_at = at
    deal.save(update_fields=["moved_at"])
    return True


def is_done(deal: Deal, step: Step, *, key: str = "") -> bool:
    """Whether this step was done under this key."""
    return DealStep.objects.filter(deal=deal, step=step, key=key).exists()


def end(deal: Deal, outcome: Outcome, *, at: datetime) -> None:
    """The deal is over."""
    deal.outcome, deal.closed_at, deal.moved_at = outcome, at, at
    deal.save(update_fields=["outcome", "closed_at", "moved_at"])


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | list | dict | None) else str(value)
