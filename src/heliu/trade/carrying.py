"""Goods in a carrier's hands: what it says of them, and who of their deal hears of it.

The carrier is no party of the deal and sees none of its papers; it finds the carriage, and each
step here acts for the parties that the carriage names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from heliu.commerce.ordering.models import Order
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.errors import Invalid
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.files import operations as files
from heliu.kernel.files.models import StoredFile
from heliu.kernel.parties import queries as known
from heliu.kernel.parties.models import Organization
from heliu.logistics.transport import carrying, operations
from heliu.logistics.transport.events import (
    CarriageMoved,
    CarriageSettled,
    CarriageWentWrong,
    DeliveryProved,
)
from heliu.logistics.transport.models import (
    Carriage,
    CarriageException,
    ExceptionKind,
    Shipment,
    ShipmentStatus,
)
from heliu.trade import deals
from heliu.trade.models import Deal
from heliu.trade.paperwork import order_of
from heliu.trade.steps import locked, parties

MOST_PHOTOS = 10
"""Photos of one thing that went wrong."""


class Shot(NamedTuple):
    """A picture as it was sent: its name and its bytes."""

    name: str
    content: bytes


def carriers_of(actor: Actor) -> list[Organization]:
    """The carriers a sender may name."""
    return list(known.in_role("CARRIER", actor).filter(is_active=True).order_by("name"))


def named(actor: Actor, carrier: UUID) -> Organization:
    """The carrier of this id. Raises `Invalid` for one the sender does not know."""
    found = known.in_role("CARRIER", actor).filter(pk=carrier, is_active=True).first()
    if found is None:
        raise Invalid("carrier-unknown", "There is no such carrier here.", field="carrier_id")
    return found


def give(deal: Deal, shipment: Shipment, carrier: UUID, *, at: datetime) -> Carriage:
    """The carrier is told from where to where and what; the step of shipping calls it."""
    with widened([carrier]):
        houses = known.names([shipment.sender, shipment.warehouse])
        goods = [
            {
                "code": line.sku.code,
                "name": line.sku.name,
                "name_zh": line.sku.name_zh,
                "quantity": line.quantity,
            }
            for line in shipment.lines.select_related("sku")
        ]
        waybill = {
            "from": _stop(houses.get(shipment.sender)),
            "to": _stop(houses.get(shipment.warehouse)) | {"ship_to": shipment.ship_to},
            "goods": goods,
        }
        carriage = carrying.give(shipment, carrier=carrier, waybill=waybill, at=at)
        tell(
            carrier,
            "carriage-given",
            {"number": carriage.number, "pieces": str(carriage.pieces)},
            link=f"/carrier/{carriage.number}",
            at=at,
        )
    return carriage


def seen(carriage: Carriage, *, kind: str, actor: Actor, at: datetime, place: str = "") -> Carriage:
    """The carrier is a milestone further."""
    with _of(carriage) as deal:
        carriage = carrying.seen(carriage, kind=kind, actor=actor, at=at, place=place)
        fact = CarriageMoved(
            subject=carriage.shipment_id, number=carriage.number, kind=kind, place=place
        )
        _record(deal, carriage, fact, actor=actor, at=at)
    return carriage


def went_wrong(
    carriage: Carriage,
    *,
    kind: str,
    note: str,
    shots: Sequence[Shot] = (),
    actor: Actor,
    at: datetime,
) -> CarriageException:
    """Something went wrong on the way: sender, dealer, warehouse and lender hear of it."""
    if len(shots) > MOST_PHOTOS:
        raise Invalid("photos-enough", "%(most)s photos at most.", field="photos", most=MOST_PHOTOS)
    with _of(carriage) as deal:
        made = carrying.except_(carriage, kind=kind, note=note, actor=actor, at=at)
        for shot in shots:
            _keep(carriage, deal, made.pk, shot, actor=actor, at=at)
        fact = CarriageWentWrong(
            subject=carriage.shipment_id,
            number=carriage.number,
            kind=kind,
            note=note,
            photos=len(shots),
        )
        _record(deal, carriage, fact, actor=actor, at=at)
        _tell(deal, "carriage-went-wrong", {"what": ExceptionKind(kind).label}, at=at)
    return made


def add_photo(
    carriage: Carriage, exception: UUID, shot: Shot, *, actor: Actor, at: datetime
) -> StoredFile:
    """One more photo of what went wrong."""
    with _of(carriage) as deal:
        made = carrying.exception_of(carriage, exception, actor=actor)
        return _keep(carriage, deal, made.pk, shot, actor=actor, at=at)


def settle(carriage: Carriage, exception: UUID, *, actor: Actor, at: datetime) -> CarriageException:
    """What went wrong is settled: the same parties hear of it."""
    with _of(carriage) as deal:
        settled, is_new = carrying.settle(carriage, exception, actor=actor, at=at)
        if is_new:
            fact = CarriageSettled(
                subject=carriage.shipment_id, number=carriage.number, kind=settled.kind
            )
            _record(deal, carriage, fact, actor=actor, at=at)
            label = ExceptionKind(settled.kind).label
            _tell(deal, "carriage-settled", {"what": label}, at=at)
    return settled


def handed_over(
    carriage: Carriage, *, receiver: str, proof: Shot, actor: Actor, at: datetime
) -> Carriage:
    """The goods stand at the gate of the warehouse that was to get them, and somebody signed.

    A carriage cannot be turned elsewhere: it is delivered where its shipment goes, for pledged
    goods the supervised warehouse.
    """
    with _of(carriage) as deal:
        kept = _keep(carriage, deal, carriage.pk, proof, actor=actor, at=at)
        if not kept.is_picture:
            raise Invalid("proof-no-picture", "The proof is a picture.", field="proof")
        carriage = carrying.deliver(carriage, receiver=receiver, proof=kept.pk, actor=actor, at=at)
        shipment = carriage.shipment
        if shipment.status == ShipmentStatus.IN_TRANSIT:
            operations.arrived(shipment, actor=actor, at=at, carrier=carriage.carrier)
        fact = DeliveryProved(
            subject=carriage.shipment_id, number=carriage.number, receiver=receiver
        )
        _record(deal, carriage, fact, actor=actor, at=at)
        _tell(deal, "delivery-proved", {"receiver": receiver}, at=at)
    return carriage


@contextmanager
def _of(carriage: Carriage) -> Iterator[Deal]:
    """The deal of a carriage, locked, while the step acts for its parties."""
    named = (carriage.sender, carriage.warehouse, carriage.owner, carriage.lender)
    with widened([org for org in named if org is not None]):
        deal = carriage.shipment.deal
        assert deal is not None  # every shipment of an order has one
        yield locked(deal)


def _keep(
    carriage: Carriage, deal: Deal, subject: UUID, shot: Shot, *, actor: Actor, at: datetime
) -> StoredFile:
    return files.keep(
        shot.content,
        actor=actor,
        org=carriage.carrier,
        name=shot.name,
        subject=subject,
        readers=parties(deal),
        at=at,
    )


def _record(deal: Deal, carriage: Carriage, fact: Fact, *, actor: Actor, at: datetime) -> None:
    """Into the deal's flow. The carrier is not in the audience: it reads no facts of deals."""
    audience = {*parties(deal), carriage.warehouse}
    record(fact, actor=actor, at=at, audience=audience, deal=deal.pk)


def _tell(deal: Deal, kind: str, params: dict[str, Parameter], *, at: datetime) -> None:
    """Seller, dealer, and of pledged goods the lender and the keeper."""
    order: Order = order_of(deal)
    for org in parties(deal):
        tell(org, kind, {"number": order.number, **params}, link=deals.link(deal), at=at)


def _stop(house: Organization | None) -> dict[str, str]:
    """A stop as the waybill names it, in both languages."""
    if house is None:
        return dict.fromkeys(("name", "name_zh", "city", "city_zh", "address"), "")
    return {
        "name": house.name,
        "name_zh": house.name_zh,
        "city": house.city,
        "city_zh": house.city_zh,
        "address": house.address,
    }
