"""What is done once all who must agree have agreed: the last yes and the act are one
transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals import queries
from heliu.kernel.approvals.models import Approval, ApprovalStatus
from heliu.kernel.approvals.policies import Act
from heliu.trade import closing_books, deals, enforcement, financed_order, liquidation
from heliu.trade.steps import locked, parties

BOOKS = (closing_books.CLOSE, closing_books.REOPEN)
# What a house may have rules for, by what it is.
RULED: dict[str, tuple[Act, ...]] = {
    "BANK": (enforcement.ENFORCE, liquidation.SELL, enforcement.WRITE_OFF, *BOOKS),
    "DEALER": (financed_order.SIGN, *BOOKS),
    "BUYER": (financed_order.SIGN, *BOOKS),
    "SELLER": BOOKS,
}
DONE: dict[str, Callable[..., None]] = {
    financed_order.SIGN.name: financed_order.countersigned,
    enforcement.ENFORCE.name: enforcement.enforce,
    enforcement.WRITE_OFF.name: enforcement.write_off,
    liquidation.SELL.name: liquidation.sell,
}

HOUSE = {act.name for act in BOOKS}  # of the house alone, without a deal


def ruled_by(actor: Actor) -> dict[str, Act]:
    """The acts for which the actor's house may have rules, by name."""
    acts = (act for role in sorted(actor.party_roles) for act in RULED.get(role, ()))
    return {act.name: act for act in acts}


def vote(
    approval_id: UUID, *, agrees: bool, actor: Actor, at: datetime, reason: str = ""
) -> Approval:
    """One person's word on what somebody of the house asked for; raises as `approvals.vote` does,
    and what the act itself refuses: then the word is not said either."""
    asked = queries.get(actor, approval_id)
    if asked.act in HOUSE:
        with transaction.atomic():
            said = approvals.vote(asked.id, agrees=agrees, reason=reason, actor=actor, at=at)
            if said.status == ApprovalStatus.APPROVED:
                closing_books.agreed(said, actor=actor, at=at)
        return said
    deal = deals.get(actor, asked.subject)
    with widened(parties(deal)):
        deal = locked(deal.id)
        said = approvals.vote(asked.id, agrees=agrees, reason=reason, actor=actor, at=at)
        if said.status == ApprovalStatus.APPROVED:
            DONE[said.act](deal, actor=actor, at=at)
    return said
