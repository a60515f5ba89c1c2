"""Writing down who is who and who knows whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import permutations
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.parties.models import (
    Acquaintance,
    Group,
    GroupMember,
    Organization,
    PartyRole,
    TradingRelationship,
)


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


def group(*, actor: Actor, name: str, members: Sequence[UUID]) -> Group:
    """The actor's house says which enterprises are one group; a known name gets these members.

    Raises `Refused` (in-another-group) for one that the house has put into another group.
    """
    name = " ".join(name.split())[:120]
    if not name:
        raise Invalid("name-missing", "A group needs a name.", field="name")
    found, _ = Group.objects.get_or_create(org=actor.own_org, name=name)
    others = GroupMember.objects.filter(org=found.org, member__in=members).exclude(group=found)
    if other := others.select_related("group").first():
        raise Refused(
            "in-another-group",
            "One of them is in the group %(group)s.",
            field="members",
            help="Take it out there first.",
            group=other.group.name,
        )
    found.members.exclude(member__in=members).delete()
    GroupMember.objects.bulk_create(
        [
            GroupMember(group=found, org=found.org, member=member)
            for member in dict.fromkeys(members)
        ],
        ignore_conflicts=True,
    )
    return found
