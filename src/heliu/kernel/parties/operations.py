"""Writing down who is who and who knows whom."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.models import Acquaintance, Organization, PartyRole, TradingRelationship


def register(*, actor: Actor, code: str, roles: tuple[str, ...], **fields: str) -> Organization:
    """Enter an organisation with the roles it plays. Only the operator (or the system) may."""
    actor.require("operate")
    organization = Organization.objects.create(code=code, **fields)
    PartyRole.objects.bulk_create(
        [PartyRole(organization=organization, role=role) for role in roles]
    )
    return organization


def relate(*, actor: Actor, buyer: UUID, seller: UUID, since: date) -> TradingRelationship:
    """Let a buyer order from a seller; they learn each other's names."""
    actor.require("operate")
    introduce(buyer, seller)
    return TradingRelationship.objects.create(buyer=buyer, seller=seller, since=since)


def stop_terms(*, buyer: UUID, seller: UUID, reason: str) -> None:
    """Orders on terms are stopped from now on, and why; they pass where it is empty."""
    TradingRelationship.objects.filter(buyer=buyer, seller=seller).update(terms_stop=reason or None)


def introduce_to(org: UUID, *others: UUID) -> None:
    """Let `org` see the names of these, and not they its; what it knows stays as it is."""
    Acquaintance.objects.bulk_create(
        [Acquaintance(org=org, knows=other) for other in others], ignore_conflicts=True
    )


def introduce(*orgs: UUID) -> None:
    """Let all of these see each other's names; known pairs stay as they are."""
    Acquaintance.objects.bulk_create(
        [Acquaintance(org=one, knows=other) for one, other in permutations(dict.fromkeys(orgs), 2)],
        ignore_conflicts=True,
    )
