"""Whose carriages stand under which tab, and their waybills in the reader's language."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses.policies import Place
from heliu.kernel.language import in_language
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
        "name": named_in_language(place, "name"),
        "city": named_in_language(place, "city"),
        "address": place["address"],
        "ship_to": Place.kept(place.get("ship_to")),
    }


def named_in_language(named: dict[str, Any], what: str) -> str:
    """A name of a waybill in the reader's language, else in the other."""
    return str(in_language(named[what], named[f"{what}_zh"]))
