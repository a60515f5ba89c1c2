"""Giving and withdrawing consent."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.consent.models import Disclosure
from heliu.kernel.errors import NotFound


def disclose(
    *, actor: Actor, to: UUID, text_digest: str, at: datetime, days: int = 365
) -> Disclosure:
    """The actor's organisation lets a lender read its trade for credit decisions.

    Said again while it is in force, the consent stands and lasts longer; what was signed each time
    is kept with the signature.
    """
    actor.require("consent")
    until = at + timedelta(days=days)
    standing = _in_force(of=actor.own_org, to=to, at=at).select_for_update().first()
    if standing is not None:
        standing.until = max(standing.until, until)
        standing.save(update_fields=["until"])
        return standing
    return Disclosure.objects.create(
        of=actor.own_org,
        to=to,
        purpose=Disclosure.Purpose.CREDIT,
        consented_by=actor.user_id,
        consented_by_name=actor.name,
        text_digest=text_digest,
        consented_at=at,
        until=until,
    )


def withdraw(disclosure_id: UUID, *, actor: Actor, at: datetime) -> Disclosure:
    """Take a consent back from now on; what was decided on it stands."""
    actor.require("consent")
    found = Disclosure.objects.filter(pk=disclosure_id, of__in=actor.orgs).first()
    if found is None:
        raise NotFound()
    found.withdrawn_at = at
    found.save(update_fields=["withdrawn_at"])
    return found


def is_disclosed(*, of: UUID, to: UUID, at: datetime) -> bool:
    """Whether `to` may read the trade of `of` for credit now."""
    return _in_force(of=of, to=to, at=at).exists()


def _in_force(*, of: UUID, to: UUID, at: datetime) -> QuerySet[Disclosure]:
    return Disclosure.objects.filter(
        of=of,
        to=to,
        purpose=Disclosure.Purpose.CREDIT,
        consented_at__lte=at,
        until__gt=at,
        withdrawn_at=None,
    )
