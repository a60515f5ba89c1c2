"""Writing down who is who and who knows whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.crypto import salted_hmac

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties.models import (
    Acquaintance,
    Group,
    GroupMember,
    Organization,
    PartyRole,
    Tie,
    TieKind,
    Tier,
    TradingRelationship,
)
from heliu.kernel.parties.models import RelationshipStatus as Standing

TO_BE_GIVEN = "?"  # what a buyer has by its tier is given anew
MOST_LEAST = 10**11  # minor units


def register(*, actor: Actor, code: str, roles: tuple[str, ...], **fields: Any) -> Organization:
    """Enter an organisation with the roles it plays. Only the operator (or the system) may."""
    actor.require("operate")
    organization = Organization.objects.create(code=code, **fields)
    PartyRole.objects.bulk_create(
        [PartyRole(organization=organization, role=role) for role in roles]
    )
    return organization


def move_under(org: UUID, parent: UUID | None, *, actor: Actor) -> Organization:
    """Put an organisation of the actor's tree under another of it, to any depth; whoever sits at
    the desk of the upper one acts for all below it. Without a parent it stands by itself, which the
    operator alone may say: it would leave the actor's tree. Raises `Refused` for a circle."""
    if parent is None or (not actor.is_system and not {org, parent} <= set(actor.orgs)):
        actor.require("operate")
    actor.require("manage")
    # Not the key: whoever is put below it meanwhile only looks that it is there.
    found = Organization.objects.select_for_update(no_key=True).filter(pk=org).first()
    if found is None or (parent and not Organization.objects.filter(pk=parent).exists()):
        raise NotFound()
    found.parent_id = parent
    try:
        with transaction.atomic():
            found.save(update_fields=["parent"])
    except IntegrityError as error:
        if "below itself" not in str(error):
            raise
        raise Refused(
            "tree-circle",
            "A house cannot stand below itself.",
            field="parent",
            help="Choose one that is not below it.",
        ) from None
    return found


def settle_at(*, actor: Actor, city: str, address: str) -> Organization:
    """Write down where the actor's house is: what is delivered to it goes there."""
    actor.require("manage")
    city, address = (" ".join(text.split()) for text in (city, address))
    if not 1 <= len(city) <= 60:
        raise Invalid("city-missing", "A city has 1 to 60 characters.", field="city")
    if not 5 <= len(address) <= 200:
        raise Invalid("address-missing", "An address has 5 to 200 characters.", field="address")
    house = Organization.objects.select_for_update().get(pk=actor.own_org)
    house.city = house.city_zh = city
    house.address = address
    house.save(update_fields=["city", "city_zh", "address"])
    return house


def relate(
    *, actor: Actor, buyer: UUID, seller: UUID, since: date, currency: str = CURRENCY
) -> TradingRelationship:
    """Let a buyer order from a seller, in this currency, or again as before where it ended; they
    learn each other's names."""
    actor.require("operate")
    introduce(buyer, seller)
    ended = TradingRelationship.objects.filter(buyer=buyer, seller=seller, status=Standing.ENDED)
    if link := ended.select_for_update().first():
        link.status, link.since = Standing.ACTIVE, since
        link.save(update_fields=["status", "since"])
        return link
    least = Organization.objects.values_list("least_order", flat=True).get(pk=seller)
    return TradingRelationship.objects.create(
        buyer=buyer,
        seller=seller,
        since=since,
        currency=currency,
        least_order=least if currency == CURRENCY else 0,
    )


def stop_terms(*, buyer: UUID, seller: UUID, reason: str) -> None:
    """Orders on terms are stopped from now on, and why; they pass where it is empty."""
    TradingRelationship.objects.filter(buyer=buyer, seller=seller).update(terms_stop=reason or None)


def set_least_order(amount: int | None, *, actor: Actor, buyer: UUID | None = None) -> None:
    """One order to the actor's house comes to this at least (minor units; 0 takes any): of all
    buyers, or of one, whatever holds for the others (None: as for the others).

    What every order is judged by stands on the relationship, so the house's own word is written to
    all that have none and trade in ours. Raises `Invalid` for an amount that is none, `NotFound`
    for a stranger.
    """
    actor.require("terms")
    if amount is not None and not 0 <= amount <= MOST_LEAST:
        raise Invalid(
            "least-order-invalid", "An amount is not below zero, nor above a billion.",
            field="least_order",
        )  # fmt: skip
    house = Organization.objects.select_for_update().get(pk=actor.own_org)
    links = TradingRelationship.objects.filter(seller=house.pk)
    if buyer is not None:
        own = links.filter(buyer=buyer)
        of_all = house.least_order if own.filter(currency=CURRENCY).exists() else 0
        least = of_all if amount is None else amount
        if not own.update(least_order=least, least_is_own=amount is not None):
            raise NotFound()
        return
    house.least_order = amount or 0
    house.save(update_fields=["least_order"])
    links.filter(least_is_own=False, currency=CURRENCY).update(least_order=house.least_order)


def set_waiting(may_wait: bool | None, *, actor: Actor, buyer: UUID) -> None:
    """Whether a buyer of the actor's house may order more than lies there, where back-orders are
    taken (`logistics/stock`); None: as its tier has it. Raises `NotFound` for a stranger."""
    actor.require("terms")
    said = {"wait_is_own": may_wait is not None, "tier_applied": TO_BE_GIVEN}
    if may_wait is not None:
        said["may_wait"] = may_wait
    found = TradingRelationship.objects.filter(seller=actor.own_org, buyer=buyer)
    if not found.update(**said):
        raise NotFound()


def set_tier(org: UUID, tier: str, *, actor: Actor) -> None:
    """The operator says what kind of customer a house is; sellers may see it otherwise."""
    actor.require("operate")
    _known_tier(tier)
    if actor.is_system:
        Organization.objects.filter(pk=org).update(tier=tier)
        return
    with connection.cursor() as cursor:
        cursor.execute("select parties_set_tier(%s, %s)", [org, tier])
        (found,) = cursor.fetchone()
    if not found:
        raise NotFound()


def set_tier_here(buyer: UUID, tier: str, *, actor: Actor) -> None:
    """A seller's own word on what kind of customer a buyer is; '' takes it back."""
    actor.require("terms")
    _known_tier(tier)
    links = TradingRelationship.objects.filter(buyer=buyer, seller=actor.own_org)
    if not links.update(tier=tier):
        raise NotFound()


def _known_tier(tier: str) -> None:
    if tier and tier not in Tier.values:
        raise Invalid("tier-unknown", "There is no such tier.", field="tier")


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


def tie(
    org: UUID,
    kind: str,
    *,
    name: str,
    number: str,
    actor: Actor,
    at: datetime,
    share: Decimal | None = None,
    holder: UUID | None = None,
) -> Tie:
    """Write down who owns or represents an organisation, or an account it has elsewhere.

    `number` is that of an identity card, a register or an account; only its keyed digest is kept.
    `holder` is given where the holder is on the platform itself. Only the operator may; the same
    again changes nothing. Raises `Invalid` for what is no tie.
    """
    actor.require("operate")
    if not name.strip() or len(_plain(number)) < 4:
        raise Invalid("tie-unnamed", "A name and a number are needed.", field="number")
    if kind not in TieKind.values or (share is not None) != (kind == TieKind.OWNER):
        raise Invalid("share-of-an-owner", "An owner has a share, nobody else.", field="share")
    if share is not None and not 0 < share <= 1:
        raise Invalid("share-invalid", "A share is above 0 and at most all.", field="share")
    if holder == org:
        raise Invalid("own-tie", "Nobody is tied to itself.", field="holder")
    found, _ = Tie.objects.get_or_create(
        org=org,
        kind=kind,
        mark=mark_of(kind, number),
        until=None,
        defaults={
            "name": name.strip()[:120],
            "share": share,
            "holder": holder,
            "since": day_of(at),
            "set_by_name": actor.name,
            "set_at": at,
        },
    )
    if found.share != share:
        raise Refused(
            "tie-there",
            "This tie is there already, with another share.",
            help="End it first.",
        )
    return found


def untie(tie_id: UUID, *, actor: Actor, at: datetime) -> Tie:
    """A tie holds no more; the day stays. Done again, it changes nothing."""
    actor.require("operate")
    found = Tie.objects.select_for_update().filter(pk=tie_id).first()
    if found is None:
        raise NotFound()
    if found.until is None:
        found.until = day_of(at)
        found.save(update_fields=["until"])
    return found


def mark_of(kind: str, number: str) -> str:
    """The keyed digest of a number. Of a person's and of an account's it never is the same."""
    space = "account" if kind == TieKind.ACCOUNT else "holder"
    return salted_hmac(f"heliu.parties.{space}", _plain(number), algorithm="sha256").hexdigest()


def _plain(number: str) -> str:
    return "".join(sign for sign in number.upper() if sign.isalnum())


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
