"""How a deal remembers what was done, so that a doubled or late message does nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.functions import Greatest

from heliu.capital.registry import operations as registry
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.arrays import listed
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


def locked_all(deal_ids: Collection[UUID]) -> list[UUID]:
    """Those of the deals that nobody is at, kept from others as `locked` does; waits for none."""
    free = Deal.objects.select_for_update(skip_locked=True).filter(pk__in=listed(deal_ids))
    return list(free.values_list("pk", flat=True))


def remember(
    deal: Deal, step: Step, *, actor: Actor, at: datetime, key: str = "", **data: Any
) -> bool:
    """Write a step down; False when this step was done before under this key.

    `data` are ids, numbers and amounts a reader of the deal needs; nothing personal.
    """
    return bool(remember_all({deal: data}, step, actor=actor, at=at, key=key))


def remember_all(
    said: Mapping[Deal, Mapping[str, Any]],
    step: Step,
    *,
    actor: Actor,
    at: datetime,
    key: str = "",
) -> list[Deal]:
    """Write a step of many deals down, each with its data; returns those it was new for.

    A deal's story never runs back: who read the clock and then waited for the deal (a round of the
    worker does) finds what happened meanwhile, and its own step bears no earlier moment than that.
    """
    done = DealStep.objects.filter(deal__in=said, step=step, key=key)
    known = set(done.values_list("deal", flat=True))
    new = [deal for deal in said if deal.pk not in known]
    if not new:
        return []
    for deal in new:
        deal.moved_at = max(deal.moved_at, at)
    DealStep.objects.bulk_create(
        DealStep(
            deal=deal,
            step=step,
            key=key,
            at=deal.moved_at,
            actor=actor.user_id,
            actor_name=actor.name,
            data={name: _plain(value) for name, value in said[deal].items()},
            buyer=deal.buyer,
            seller=deal.seller,
            lender=deal.lender,
            custodian=deal.custodian,
        )
        for deal in new
    )
    Deal.objects.filter(pk__in=[deal.pk for deal in new]).update(moved_at=Greatest("moved_at", at))
    return new


def is_done(deal: Deal, step: Step, *, key: str = "") -> bool:
    """Whether this step was done under this key."""
    return DealStep.objects.filter(deal=deal, step=step, key=key).exists()


def count(deal: Deal, step: Step) -> int:
    """How often this step was done, under whatever keys."""
    return DealStep.objects.filter(deal=deal, step=step).count()


def end(deal: Deal, outcome: Outcome, *, at: datetime) -> None:
    """The deal is over: what waits for agreement about it has lost its sense, and what was
    registered for it is struck off, which nobody waits for."""
    deal.moved_at = max(deal.moved_at, at)
    deal.outcome, deal.closed_at = outcome, deal.moved_at
    deal.save(update_fields=["outcome", "closed_at", "moved_at"])
    approvals.overtaken(deal.id, at=at)
    if deal.pledge_id:
        registry.discharge(deal.id, actor=Actor.system(), at=at)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | list | dict | None) else str(value)
