"""Every write of an address book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses import queries
from heliu.kernel.addresses.models import Address
from heliu.kernel.addresses.policies import Place
from heliu.kernel.errors import NotFound, Refused

MOST_KEPT = 5_000


def add(place: Place, *, actor: Actor, at: datetime, is_default: bool = False) -> Address:
    """A new address of the actor's house; its first one is the default.

    Raises `Refused` (address-name-used) where another bears the name, (addresses-enough) where
    there are too many.
    """
    actor.require("manage")
    return put(actor.own_org, place, by=actor.name, at=at, is_default=is_default)


def change(address: UUID, place: Place, *, actor: Actor, at: datetime) -> Address:
    """Another content of an address; orders that took it before keep what it was."""
    found = _locked(address, actor)
    _save(found, place, by=actor.name, at=at)
    return found


def make_default(address: UUID, *, actor: Actor) -> Address:
    """Orders that name no address take this one from now on."""
    found = _locked(address, actor)
    _be_default(found)
    return found


def end(address: UUID, *, actor: Actor, at: datetime) -> Address:
    """No order goes there any more. Where it was the default there is none until one is chosen."""
    found = _locked(address, actor)
    found.is_default, found.ended_at = False, at
    found.save(update_fields=["is_default", "ended_at"])
    return found


def put(org: UUID, place: Place, *, by: str, at: datetime, is_default: bool = False) -> Address:
    """A new address of a house, for who has been asked already whether he may."""
    _queue(org)
    live = Address.objects.filter(org=org, ended_at=None)
    count = live.count()
    if count >= MOST_KEPT:
        raise Refused("addresses-enough", "A house keeps %(most)s addresses.", most=MOST_KEPT)
    made = Address(org=org)
    _save(made, place, by=by, at=at)
    if is_default or not count:
        _be_default(made)
    return made


def put_all(org: UUID, rows: Sequence[tuple[Place, bool]], *, by: str, at: datetime) -> None:
    """The rows of a sheet in their order: an address that bears a row's name becomes what the row
    says, others are new."""
    _queue(org)
    names = [place.name for place, _is_default in rows]
    live = Address.objects.filter(org=org, ended_at=None, name__in=names)
    there = {one.name: one for one in live}
    for place, is_default in rows:
        if found := there.get(place.name):
            _save(found, place, by=by, at=at)
            if is_default:
                _be_default(found)
        else:
            there[place.name] = put(org, place, by=by, at=at, is_default=is_default)


def _save(address: Address, place: Place, *, by: str, at: datetime) -> None:
    for name, text in asdict(place).items():
        setattr(address, name, text)
    address.changed_by_name, address.changed_at = by, at
    try:
        with transaction.atomic():
            address.save()
    except IntegrityError:
        raise Refused(
            "address-name-used", "Another address is called %(named)s.", field="name",
            named=place.name,
        ) from None  # fmt: skip


def _be_default(address: Address) -> None:
    Address.objects.filter(org=address.org, is_default=True).exclude(pk=address.pk).update(
        is_default=False
    )
    address.is_default = True
    address.save(update_fields=["is_default"])


def _queue(org: UUID) -> None:
    """Whoever writes a house's book waits for whoever is at it, so that one default remains."""
    with connection.cursor() as cursor:
        name = f"addresses:{org}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _locked(address: UUID, actor: Actor) -> Address:
    actor.require("manage")
    found = queries.visible_to(actor).filter(org=actor.own_org, ended_at=None, pk=address).first()
    if found is None:
        raise NotFound()
    _queue(found.org)
    return Address.objects.select_for_update().get(pk=found.pk)
