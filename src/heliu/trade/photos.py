"""Photos of goods as they came, taken by whoever counts them in, for the parties of the deal.

They belong to the shipment: before the count they are the keeper's alone, with the count the
parties of its deal may read them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.files import operations as files
from heliu.kernel.files import queries as kept
from heliu.kernel.files.models import StoredFile
from heliu.logistics.transport import queries as shipments
from heliu.logistics.transport.models import Shipment, ShipmentStatus
from heliu.trade import deals
from heliu.trade.models import Deal
from heliu.trade.steps import locked, parties

MOST = 20
"""Photos of one shipment."""


def add(shipment_id: UUID, *, actor: Actor, name: str, content: bytes, at: datetime) -> StoredFile:
    """The keeper adds a photo (or a paper) to a shipment, before or after its count."""
    shipment = _here(shipment_id, actor)
    actor.require("order" if shipment.warehouse == shipment.owner else "receive")
    deal = locked(deals.of_shipment(actor, shipment).id)  # the count waits, or has been
    shipment.refresh_from_db(fields=["status"])
    is_counted = shipment.status == ShipmentStatus.RECEIVED
    photo = files.keep(
        content,
        actor=actor,
        org=shipment.warehouse,
        name=name,
        subject=shipment.id,
        readers=parties(deal) if is_counted else (),
        at=at,
    )
    if len(of_shipment(actor, shipment.id)) > MOST:
        raise Refused(
            "photos-enough",
            "A shipment has %(most)s photos at most.",
            field="file",
            most=MOST,
        )
    return photo


def share(deal: Deal, shipment: Shipment) -> int:
    """With the count the parties of the deal may see the photos. Returns how many there are."""
    return files.share(shipment.id, readers=parties(deal))


def of_shipment(actor: Actor, shipment: UUID) -> list[StoredFile]:
    """The photos of one shipment that the actor may see, as they were added."""
    return kept.of_subjects(actor, [shipment])


def of_deal(actor: Actor, deal: Deal) -> list[StoredFile]:
    """The photos of all shipments of a deal that the actor may see, as they were added: what went
    wrong on the way, the proof of the hand-over, the goods as they came."""
    mine = Q(order_id=deal.order_id) | Q(deal=deal.pk)  # what its dealer brought, too
    found = list(shipments.visible_to(actor).filter(mine).values_list("pk", flat=True))
    return kept.of_subjects(actor, [*found, *shipments.seen_on_the_way(actor, found)])


def _here(shipment_id: UUID, actor: Actor) -> Shipment:
    """A shipment to a house of the actor's."""
    found = shipments.visible_to(actor).filter(pk=shipment_id).first()
    if found is None or not (actor.is_system or found.warehouse in actor.orgs):
        raise NotFound()
    return found
