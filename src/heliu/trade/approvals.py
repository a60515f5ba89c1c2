"""What is done once all who must agree have agreed: the last yes and the act are one
transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from heliu.capital.credit import ruling
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals import queries
from heliu.kernel.approvals.models import Approval, ApprovalStatus
from heliu.kernel.approvals.policies import Act
from heliu.trade import (
    control_answers,
    controls,
    deals,
    enforcement,
    financed_order,
    liquidation,
    releasing,
)
from heliu.trade.steps import locked, parties

# What a house may have rules for, by what it is.
RULED: dict[str, tuple[Act, ...]] = {
    "BANK": (
        controls.PAY_OUT,
        releasing.RELEASE,
        enforcement.ENFORCE,
        liquidation.SELL,
        enforcement.WRITE_OFF,
        ruling.CHANGE_RULES,
    ),
    "DEALER": (financed_order.SIGN,),
    "BUYER": (financed_order.SIGN,),
}
DONE: dict[str, Callable[..., None]] = {
    financed_order.SIGN.name: financed_order.countersigned,
    controls.PAY_OUT.name: control_answers.accepted,
    releasing.RELEASE.name: financed_order.release_agreed,
    enforcement.ENFORCE.name: enforcement.enforce,
    enforcement.WRITE_OFF.name: enforcement.write_off,
    liquidation.SELL.name: liquidation.sell,
}
# Acts that are about no deal, but about something of the house's own (its id is the subject).
OF_THE_HOUSE: dict[str, Callable[..., object]] = {ruling.CHANGE_RULES.name: ruling.agreed}

# What a no leads to, beyond that nothing is done.
TURNED_DOWN: dict[str, Callable[..., None]] = {controls.PAY_OUT.name: control_answers.refused}


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
    if asked.act in OF_THE_HOUSE:
        return _vote_on_own(asked, agrees=agrees, actor=actor, at=at, reason=reason)
    deal = deals.get(actor, asked.subject)
    with widened(parties(deal)):
        deal = locked(deal.id)
        said = approvals.vote(asked.id, agrees=agrees, reason=reason, actor=actor, at=at)
        if said.status == ApprovalStatus.APPROVED:
            DONE[said.act](deal, actor=actor, at=at)
        elif said.status == ApprovalStatus.REFUSED and said.act in TURNED_DOWN:
            TURNED_DOWN[said.act](deal, actor=actor, reason=reason.strip(), at=at)
    return said


def _vote_on_own(
    asked: Approval, *, agrees: bool, actor: Actor, at: datetime, reason: str
) -> Approval:
    said = approvals.vote(asked.id, agrees=agrees, reason=reason, actor=actor, at=at)
    if said.status == ApprovalStatus.APPROVED:
        OF_THE_HOUSE[said.act](said.subject, actor=actor, at=at)
    return said
