"""Reading who may order in whose name, and taking the seat."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from heliu.kernel.access.actor import Actor, Behalf
from heliu.kernel.behalf.models import Act, Deed, Mandate
from heliu.kernel.behalf.policies import MAY, signature
from heliu.kernel.errors import Forbidden

SEAT = """select mandate, buyer, seller, roles, seller_short, may_order
            from behalf_seat(%s::uuid[], %s)"""
DEED_OPENED, DEED_ASKED = Deed.OPENED, Deed.ASKED
DEED_CHANGED, DEED_WITHDRAWN = Deed.CHANGED, Deed.WITHDRAWN


def mandates(actor: Actor) -> QuerySet[Mandate]:
    """The mandates in force that the actor's houses gave, or were given."""
    found = Mandate.objects.filter(ended_at=None).order_by("-given_at", "-id")
    if actor.is_system:
        return found
    return found.filter(buyer__in=actor.orgs) | found.filter(seller__in=actor.orgs)


def acts(actor: Actor) -> QuerySet[Act]:
    """What was done in the name of the actor's houses, or by their people, newest first."""
    found = Act.objects.order_by("-id")
    if actor.is_system:
        return found
    if actor.behalf is not None:
        return found.filter(buyer=actor.own_org, seller=actor.behalf.house)
    return found.filter(buyer__in=actor.orgs) | found.filter(seller__in=actor.orgs)


def acts_on(subjects: Iterable[UUID]) -> dict[UUID, Act]:
    """Of orders or requests, the first deed in a customer's name; others are absent."""
    found = Act.objects.filter(subject__in=list(subjects)).order_by("-id")
    return {one.subject: one for one in found if one.subject is not None}


def seated(actor: Actor, buyer: str | UUID) -> Actor:
    """The person of a seller's house, acting for a customer (its id or code).

    Asked before the door is open and at each request, so an ended mandate ends at once. What the
    actor may do is to order; what it sees the door narrows to the trade of the two houses. Raises
    `Forbidden` (not-permitted, no-mandate).
    """
    actor.require("behalf")
    with connection.cursor() as cursor:
        cursor.execute(SEAT, [list(actor.orgs), str(buyer)])
        row = cursor.fetchone()
    if row is None or actor.user_id is None:
        raise Forbidden(
            "no-mandate",
            "This customer does not let you order for it, or no longer.",
            help="Ask it: who manages its house allows it under Company.",
        )
    mandate, org, seller, roles, house, may_order = row
    return Actor(
        user_id=actor.user_id,
        name=signature(actor.name, house),
        org=org,
        orgs=(org,),
        permissions=MAY if may_order else frozenset(),
        party_roles=frozenset(roles),
        behalf=Behalf(seller, actor.name, mandate),
    )
