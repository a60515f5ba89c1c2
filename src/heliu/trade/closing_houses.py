"""A house is closed for good: one person of the operator asks, another agrees, and then it is.

That two persons said so the database looks at itself (`parties_stand`).
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.joining.operations import standing
from heliu.trade import oversight
from heliu.trade.asking import ask as ask_house

CLOSE = Act("close-house", levels=(Level("operate"),), agreed_by=("operate",))


class Stood(NamedTuple):
    """What became of it: the status of the house now, '' while others are `asked` first."""

    status: str
    asked: Approval | None = None


def stand(code: str, act: str, *, actor: Actor, reason: str, at: datetime) -> Stood:
    """Suspend a house, let it in again, or ask the others to close it for good. Raises as
    `standing.stand` does."""
    house = oversight.party(actor, code)
    if act != "close":
        return Stood(standing.stand(house.id, act, actor=actor, reason=reason, at=at))
    if not reason.strip():
        raise Invalid("reason-missing", "A decision needs a reason.", field="reason")
    if house.id in actor.orgs:
        raise Refused("own-house", "The house that runs the platform stays.")
    if not house.is_active:
        raise Refused("standing-move", "It does not stand so that this could be done.")
    asked = ask_house(
        CLOSE, subject=house.id, name=house.display, org=actor.own_org, amount=0, reason=reason,
        actor=actor, at=at,
    )  # fmt: skip
    return Stood("", asked)


def agreed(asked: Approval, *, actor: Actor, at: datetime) -> None:
    """Another person agreed: nobody sits there any more."""
    standing.stand(asked.subject, "close", actor=actor, reason=asked.reason, at=at)
