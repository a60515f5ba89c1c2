"""An operator suspends a house, lets it in again, or closes it for good."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import Error, connection, transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.joining.events import StandingChanged
from heliu.kernel.parties.models import OrganizationStatus
from heliu.kernel.parties.queries import operators

ACTS = {
    "suspend": OrganizationStatus.SUSPENDED,
    "resume": OrganizationStatus.ACTIVE,
    "close": OrganizationStatus.CLOSED,
}


def stand(org: UUID, act: str, *, actor: Actor, reason: str, at: datetime) -> str:
    """Move a house to another status, with the reason, which it is told; returns the status.

    From the next request on its people may do what the status lets them (`parties_may`); one that
    is closed has no desk. The same again changes nothing. Raises `Refused` (standing-move) for a
    move that is none.
    """
    actor.require("operate")
    if act not in ACTS:
        raise Invalid("choice-unknown", "There is no such choice.", field="act")
    if not reason.strip():
        raise Invalid("reason-missing", "A decision needs a reason.", field="reason")
    if org in actor.orgs:
        raise Refused("own-house", "The house that runs the platform stays.")
    wanted, reason = ACTS[act], reason.strip()[:500]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select parties_stand(%s, %s)", [org, wanted])
            (before,) = cursor.fetchone()
    except Error as error:
        raise Refused("standing-move", "It does not stand so that this could be done.") from error
    if before is None:
        raise NotFound()
    if before == wanted:
        return str(wanted)
    fact = StandingChanged(subject=org, before=before, after=wanted, reason=reason)
    record(fact, actor=actor, at=at, audience=[org, *operators()])
    if wanted != OrganizationStatus.CLOSED:
        said: dict[str, Parameter] = {"standing": wanted.label, "reason": reason[:200]}
        tell(org, "house-stands", said, link="/company/joining", at=at)
    return str(wanted)
