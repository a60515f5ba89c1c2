"""What a carrier does with goods it was given: milestones, what goes wrong, the hand-over.

Every one of these is a step of a story in `trade.carrying`, which tells the parties of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.ids import new_id
from heliu.kernel.states import move
from heliu.logistics.transport.models import (
    CARRIAGE_MOVES,
    Carriage,
    CarriageException,
    CarriageStatus,
    ExceptionKind,
    Milestone,
    Shipment,
)

SAID = frozenset(CarriageStatus.values) - {CarriageStatus.TO_PICK_UP, CarriageStatus.DELIVERED}
"""What a carrier says by a tap; the hand-over needs its proof."""


def give(
    shipment: Shipment, *, carrier: UUID, waybill: Mapping[str, Any], at: datetime
) -> Carriage:
    """A shipment is a carrier's to carry; `waybill` is all that it is told of it."""
    return Carriage.objects.create(
        id=new_id(),
        shipment=shipment,
        number=shipment.number,
        carrier=carrier,
        waybill=dict(waybill),
        pieces=sum(line["quantity"] for line in waybill["goods"]),
        given_at=at,
        moved_at=at,
        **_parties(shipment),
    )


def locked(carriage: Carriage, actor: Actor) -> Carriage:
    """The carriage as it stands, kept from others; only its carrier may act on it."""
    actor.require("carry")
    if not actor.is_system and carriage.carrier not in actor.orgs:
        raise Forbidden("not-your-carriage", "These goods are carried by others.")
    return Carriage.objects.select_for_update(of=("self",)).get(pk=carriage.pk)


def seen(carriage: Carriage, *, kind: str, actor: Actor, at: datetime, place: str = "") -> Carriage:
    """The goods are a milestone further. Raises `Invalid` for one that needs a proof."""
    if kind not in SAID:
        raise Invalid("milestone-unknown", "There is no milestone %(kind)s.", kind=kind)
    carriage = locked(carriage, actor)
    move(carriage, kind, moves=CARRIAGE_MOVES, moved_at=at)
    _note(carriage, kind, place=place, actor=actor, at=at)
    return carriage


def except_(
    carriage: Carriage, *, kind: str, note: str, actor: Actor, at: datetime
) -> CarriageException:
    """Something went wrong on the way; it stays open until it is settled."""
    if kind not in ExceptionKind.values:
        raise Invalid("exception-unknown", "Say what is wrong.", field="kind")
    if kind == ExceptionKind.OTHER and not note:
        raise Invalid("note-missing", "Say in a few words what is wrong.", field="note")
    carriage = locked(carriage, actor)
    if carriage.is_counted:
        raise Refused("carriage-over", "These goods were already counted in.")
    made = CarriageException.objects.create(
        id=new_id(),
        carriage=carriage,
        kind=kind,
        note=note,
        at=at,
        actor_name=actor.name,
        carrier=carriage.carrier,
        **_parties(carriage),
    )
    Carriage.objects.filter(pk=carriage.pk).update(open_exceptions=F("open_exceptions") + 1)
    return made


def exception_of(carriage: Carriage, exception: UUID, *, actor: Actor) -> CarriageException:
    """Something that went wrong on a carriage of the actor's, kept from others; or `NotFound`."""
    carriage = locked(carriage, actor)
    found = CarriageException.objects.filter(carriage=carriage, pk=exception).first()
    if found is None:
        raise NotFound()
    return found


def settle(
    carriage: Carriage, exception: UUID, *, actor: Actor, at: datetime
) -> tuple[CarriageException, bool]:
    """What was wrong is settled; with whether this is new."""
    found = exception_of(carriage, exception, actor=actor)
    if found.settled_at is not None:
        return found, False
    found.settled_at, found.settled_by_name = at, actor.name
    found.save(update_fields=["settled_at", "settled_by_name"])
    Carriage.objects.filter(pk=carriage.pk).update(open_exceptions=F("open_exceptions") - 1)
    return found, True


def deliver(
    carriage: Carriage, *, receiver: str, proof: UUID, actor: Actor, at: datetime
) -> Carriage:
    """The goods were handed over to somebody, whose signature or a photo proves it."""
    if not receiver:
        raise Invalid("receiver-missing", "Say who took the goods.", field="receiver")
    carriage = locked(carriage, actor)
    if carriage.status == CarriageStatus.TO_PICK_UP:
        raise Refused("not-picked-up", "These goods were not picked up yet.")
    move(
        carriage,
        CarriageStatus.DELIVERED,
        moves=CARRIAGE_MOVES,
        moved_at=at,
        delivered_at=at,
        receiver_name=receiver,
        proof=proof,
    )
    _note(carriage, CarriageStatus.DELIVERED, place="", actor=actor, at=at)
    return carriage


def counted(shipment: UUID, *, at: datetime) -> None:
    """The goods were counted in: whatever the carrier said of them, their way is over."""
    carriage = Carriage.objects.select_for_update(of=("self",)).filter(shipment=shipment).first()
    if carriage is None:
        return
    ended = {"is_counted": True}
    if carriage.status == CarriageStatus.DELIVERED:
        Carriage.objects.filter(pk=carriage.pk).update(**ended)
        return
    move(
        carriage,
        CarriageStatus.DELIVERED,
        moves=CARRIAGE_MOVES,
        moved_at=at,
        delivered_at=at,
        **ended,
    )


def _note(carriage: Carriage, kind: str, *, place: str, actor: Actor, at: datetime) -> None:
    Milestone.objects.get_or_create(
        shipment_id=carriage.shipment_id,
        kind=kind,
        at=at,
        defaults={
            "place": place,
            "actor_name": actor.name,
            "carrier": carriage.carrier,
            **_parties(carriage),
        },
    )


def _parties(document: Shipment | Carriage) -> dict[str, Any]:
    return {
        "sender": document.sender,
        "warehouse": document.warehouse,
        "owner": document.owner,
        "lender": document.lender,
    }
