"""Whose carriages stand under which tab, and their waybills in the reader's language."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses.policies import Place
from heliu.logistics.transport import queries as transport
from heliu.logistics.transport.queries import ON_THE_WAY


def carried(actor: Actor) -> QuerySet[Any]:
    """What the desk's organisations carry."""
    return transport.carriages_visible_to(actor).filter(carrier__in=actor.orgs)


def rules() -> dict[str, Q]:
    """Which carriages stand under which tab."""
    return {
        "pick-up": Q(status="TO_PICK_UP"),
        "way": Q(status__in=ON_THE_WAY),
        "wrong": Q(open_exceptions__gt=0),
        "delivered": Q(status="DELIVERED"),
    }


def stop(place: dict[str, Any]) -> dict[str, Any]:
    """A stop in the reader's language."""
    return {
        "name": in_language(place, "name"),
        "city": in_language(place, "city"),
        "address": place["address"],
        "ship_to": Place.kept(place.get("ship_to")),
    }


def in_language(named: dict[str, Any], what: str) -> str:
    """A name of a waybill in the reader's language, else in the other."""
    both = (named[what], named[f"{what}_zh"])
    first, other = both[::-1] if (get_language() or "").startswith("zh") else both
    return str(first or other)
