"""Giving and ending a mandate, and keeping what was done by it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.behalf.models import Act, Deed, Mandate
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.parties.models import Organization
from heliu.kernel.parties.queries import active_relationship


def give(seller: UUID, *, actor: Actor, at: datetime) -> Mandate:
    """The actor's house lets this seller's people order with it in the house's name.

    They stay within the house's prices, budgets and approvals, and see nothing else of it. Raises
    `NotFound` for a seller it does not trade with, `Refused` (mandate-given).
    """
    actor.require("manage")
    active_relationship(buyer=actor.own_org, seller=seller)
    try:
        with transaction.atomic():
            given = Mandate.objects.create(
                buyer=actor.own_org,
                seller=seller,
                given_by=actor.user_id,
                given_by_name=actor.name,
                given_at=at,
            )
    except IntegrityError as error:
        raise Refused("mandate-given", "This seller may order for you already.") from error
    _tell(given, "mandate-given", at=at)
    return given


def end(mandate: UUID, *, actor: Actor, at: datetime) -> Mandate:
    """From the next request on nobody of the seller acts in the house's name any more."""
    actor.require("manage")
    found = (
        Mandate.objects.select_for_update()
        .filter(pk=mandate, buyer=actor.own_org, ended_at=None)
        .first()
    )
    if found is None:
        raise NotFound()
    found.ended_at, found.ended_by_name = at, actor.name
    found.save(update_fields=["ended_at", "ended_by_name"])
    _tell(found, "mandate-ended", at=at)
    return found


def ask(buyer: UUID, *, actor: Actor, at: datetime) -> None:
    """A seller's person asks a customer for its mandate; the customer is told where to give it."""
    actor.require("behalf")
    active_relationship(buyer=buyer, seller=actor.own_org)
    house = Organization.objects.get(pk=actor.own_org)
    tell(
        buyer, "mandate-asked", {"person": actor.name, "seller": house},
        link="/company/on-behalf", at=at,
    )  # fmt: skip


def note(
    actor: Actor, what: Deed, *, at: datetime, number: str = "", subject: UUID | None = None
) -> None:
    """Keep a deed done in a customer's name; nothing is kept of what a house does itself."""
    if actor.behalf is None or actor.user_id is None:
        return
    Act.objects.create(
        mandate_id=actor.behalf.mandate,
        buyer=actor.own_org,
        seller=actor.behalf.house,
        person=actor.user_id,
        person_name=actor.behalf.person[:80],
        what=what,
        number=number,
        subject=subject,
        at=at,
    )


def _tell(mandate: Mandate, kind: str, *, at: datetime) -> None:
    house = Organization.objects.get(pk=mandate.buyer)
    tell(mandate.seller, kind, {"buyer": house}, link="/seller/on-behalf", at=at)
