"""Keeping who opened what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.audit.models import Look
from heliu.kernel.audit.policies import house_role, is_kept


def saw(
    actor: Actor,
    what: str,
    *,
    about: str,
    owners: Iterable[UUID | None],
    at: datetime,
    paper: str = "",
) -> None:
    """Keep that the actor opened something that is the `owners`'; one statement, none for whoever
    looks at what is its own or trades itself."""
    if actor.user_id is None or not is_kept(actor):
        return
    others = {one for one in owners if one is not None} - set(actor.orgs)
    Look.objects.bulk_create(
        [
            Look(
                owner=owner,
                what=what,
                about=about,
                paper=paper,
                reader=actor.user_id,
                reader_name=actor.name,
                reader_org=actor.own_org,
                role=house_role(actor),
                at=at,
                hour=at.replace(minute=0, second=0, microsecond=0),
            )
            for owner in sorted(others)
        ],
        ignore_conflicts=True,
    )
