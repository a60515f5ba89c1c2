"""Reading address books; every read begins at `visible_to`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses.models import Address, AddressImport
from heliu.kernel.addresses.policies import COLUMNS, MOST, address_gone
from heliu.kernel.errors import NotFound


def visible_to(actor: Actor) -> QuerySet[Address]:
    """The addresses of the actor's houses, those that have ended too."""
    return Address.objects.all() if actor.is_system else Address.objects.filter(org__in=actor.orgs)


def live(org: UUID) -> QuerySet[Address]:
    """The addresses to which goods may be sent to a house, the default first, then by name."""
    return Address.objects.filter(org=org, ended_at=None).order_by("-is_default", "name")


def refuse_gone(org: UUID, address: UUID | None) -> None:
    """Goods ordered by a house go to a live address of its own. Raises `Refused` (address-gone)."""
    if address is not None and not live(org).filter(pk=address).exists():
        raise address_gone()


def frozen(org: UUID, address: UUID) -> dict[str, str]:
    """What a live address of a house says, as an order keeps it.

    Raises `Refused` (address-gone)."""
    with connection.cursor() as cursor:
        cursor.execute("select told from addresses_for(%s, %s)", [org, address])
        row = cursor.fetchone()
    if row is None:
        raise address_gone()
    found: dict[str, str] = json.loads(row[0])
    return found


def book(actor: Actor) -> QuerySet[Address]:
    """All that the actor's own house keeps, those that have ended last."""
    found = visible_to(actor).filter(org=actor.own_org)
    return found.order_by("ended_at", "-is_default", "name", "id")


def get(actor: Actor, address: UUID) -> Address:
    """One address of the actor's house, or `NotFound`."""
    found = visible_to(actor).filter(pk=address, org=actor.own_org).first()
    if found is None:
        raise NotFound()
    return found


def imports(actor: Actor) -> QuerySet[AddressImport]:
    """The sheets of addresses that the actor's house brought, the newest first."""
    found = AddressImport.objects.filter(org__in=actor.orgs)
    return found.order_by("-brought_at", "-id")


def imported(actor: Actor, sheet: UUID) -> AddressImport:
    """One of them, or `NotFound`."""
    found = imports(actor).filter(pk=sheet).first()
    if found is None:
        raise NotFound()
    return found


def rows(actor: Actor) -> Iterator[list[str]]:
    """The live addresses as a sheet that can be brought in again, the head first."""
    yield list(COLUMNS)
    for one in live(actor.own_org):
        said = [str(getattr(one, name)) for name in MOST]
        yield [*said, "yes" if one.is_default else ""]
