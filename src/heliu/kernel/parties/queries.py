"""Reading organisations and relationships."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_noop as N_

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties.models import (
    Acquaintance,
    Group,
    Organization,
    PartyRole,
    RelationshipStatus,
    Tie,
    TieKind,
    Tier,
    TradingRelationship,
)

ROLES = PartyRole.Role.choices
TIE_KINDS = TieKind.choices
NOT_TRADING = N_("You do not trade with this seller now.")


def visible_to(actor: Actor) -> QuerySet[Organization]:
    """The organisations whose names the actor may see: its own tree and its acquaintances."""
    if actor.is_system:
        return Organization.objects.all()
    known = Acquaintance.objects.filter(org__in=actor.orgs).values("knows")
    return Organization.objects.filter(Q(id__in=actor.orgs) | Q(id__in=known))


def names(ids: Iterable[UUID | None]) -> dict[UUID, Organization]:
    """Organisations by id, as far as the running transaction may see them, in one query."""
    return Organization.objects.in_bulk([i for i in set(ids) if i is not None])


def with_codes(codes: Iterable[str], *, among: Iterable[UUID]) -> list[UUID]:
    """Those of some organisations whose code is one of these, in lower case."""
    found = Organization.objects.filter(pk__in=list(among)).annotate(low=Lower("code"))
    return list(found.filter(low__in=list(codes)).values_list("pk", flat=True))


def branches(actor: Actor) -> QuerySet[Organization]:
    """What stands right below the actor's house, by code."""
    return Organization.objects.filter(parent=actor.own_org).order_by("code")


def relationships_visible_to(actor: Actor) -> QuerySet[TradingRelationship]:
    """The trading relationships the actor is a side of."""
    if actor.is_system:
        return TradingRelationship.objects.all()
    return TradingRelationship.objects.filter(Q(buyer__in=actor.orgs) | Q(seller__in=actor.orgs))


def supplied(actor: Actor) -> QuerySet[TradingRelationship]:
    """The links to those whom the actor's houses supply now."""
    links = relationships_visible_to(actor).filter(status=RelationshipStatus.ACTIVE)
    return links if actor.is_system else links.filter(seller__in=actor.orgs)


def customers(actor: Actor) -> QuerySet[Organization]:
    """The organisations that the actor's houses supply now."""
    return Organization.objects.filter(pk__in=supplied(actor).values("buyer"))


def active_relationship(*, buyer: UUID, seller: UUID) -> TradingRelationship:
    """The live link of a pair, or `NotFound`: without it the seller is not there for the buyer.
    Raises `Refused` (seller-paused) while the seller is suspended."""
    found = TradingRelationship.objects.filter(buyer=buyer, seller=seller).first()
    if found is None or found.status not in (RelationshipStatus.ACTIVE, RelationshipStatus.PAUSED):
        raise NotFound(NOT_TRADING)
    if found.status == RelationshipStatus.PAUSED:
        raise seller_paused()
    return found


def require_acquainted(*, buyer: UUID, seller: UUID) -> None:
    """Raises `NotFound` where the two never traded; whether they still do is not asked."""
    if not TradingRelationship.objects.filter(buyer=buyer, seller=seller).exists():
        raise NotFound(NOT_TRADING)


def seller_paused() -> Refused:
    """What was begun with a suspended seller goes on, nothing new begins."""
    return Refused(
        "seller-paused",
        "This seller is suspended: nothing new is ordered from it.",
        field="seller",
        help="Order again when it is back; what was begun goes on.",
    )


def currency_of(*, buyer: UUID, seller: UUID) -> str:
    """In what the two trade; ours where they do not."""
    found = TradingRelationship.objects.filter(buyer=buyer, seller=seller)
    return found.values_list("currency", flat=True).first() or CURRENCY


def abroad(actor: Actor) -> QuerySet[TradingRelationship]:
    """Who trades with the actor's house in another currency than ours, on either side."""
    found = TradingRelationship.objects.exclude(currency=CURRENCY)
    return found.filter(Q(seller=actor.own_org) | Q(buyer=actor.own_org))


def currencies_of(actor: Actor) -> dict[UUID, str]:
    """The houses that trade with the actor's in another currency than ours, and in which."""
    return {
        link.buyer if link.seller == actor.own_org else link.seller: link.currency
        for link in abroad(actor)
    }


def least_order(*, buyer: UUID, seller: UUID) -> int:
    """What one order of a buyer to a seller must come to, in minor units; 0 where any will do."""
    found = TradingRelationship.objects.filter(buyer=buyer, seller=seller)
    return found.values_list("least_order", flat=True).first() or 0


class Promised(NamedTuple):
    """How soon a seller answers and solves the cases of customers of a tier; '' while another
    tier's hours are on their way."""

    answer_hours: int
    solve_hours: int
    tier: str


def promised(*, buyer: UUID, seller: UUID) -> Promised | None:
    """What a buyer is promised by its tier, None where that says nothing of hours."""
    link = TradingRelationship.objects.filter(buyer=buyer, seller=seller).first()
    if link is None or link.answer_hours is None or link.solve_hours is None:
        return None
    tier = link.tier_applied if link.tier_applied in Tier.values else ""
    return Promised(link.answer_hours, link.solve_hours, tier)


def waiting_of(actor: Actor, buyer: UUID) -> TradingRelationship | None:
    """How a buyer of the actor's house is dealt with, None for a stranger."""
    return TradingRelationship.objects.filter(seller=actor.own_org, buyer=buyer).first()


def own_least(actor: Actor) -> int:
    """What one order to the actor's house comes to at least, in minor units."""
    return Organization.objects.values_list("least_order", flat=True).get(pk=actor.own_org)


def own_leasts(actor: Actor) -> QuerySet[TradingRelationship]:
    """The buyers of the actor's house of whom something of their own is wanted."""
    return TradingRelationship.objects.filter(
        Q(least_is_own=True) | Q(wait_is_own=True),
        seller=actor.own_org,
        status=RelationshipStatus.ACTIVE,
    ).order_by("buyer")


def operators() -> list[UUID]:
    """The houses that run this platform; anybody may know their ids."""
    with connection.cursor() as cursor:
        cursor.execute("select parties_operators()")
        (found,) = cursor.fetchone()
    return list(found)


def in_role(role: str, actor: Actor) -> QuerySet[Organization]:
    """The organisations the actor may see that play a role."""
    return visible_to(actor).filter(
        id__in=PartyRole.objects.filter(role=role).values("organization_id")
    )


def known_in(role: str, org: UUID) -> list[UUID]:
    """The organisations in a role whose names an organisation may see. For the worker."""
    playing = PartyRole.objects.filter(role=role).values("organization_id")
    known = Acquaintance.objects.filter(org=org, knows__in=playing)
    return list(known.order_by("knows").values_list("knows", flat=True))


def ties(actor: Actor, org: UUID) -> QuerySet[Tie]:
    """What an organisation is tied to, for the operator who keeps it; what holds comes first."""
    actor.require("operate")
    return Tie.objects.filter(org=org).order_by(F("until").desc(nulls_first=True), "kind", "set_at")


def groups_of(actor: Actor) -> QuerySet[Group]:
    """The groups of enterprises that the actor's own house has named, with their members."""
    return Group.objects.filter(org=actor.own_org).prefetch_related("members").order_by("name")
