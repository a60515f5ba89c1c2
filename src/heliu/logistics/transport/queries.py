"""Reading shipments."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.logistics.transport.models import (
    CARRIAGE_MOVES,
    Carriage,
    CarriageException,
    Milestone,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from heliu.logistics.transport.models import ON_THE_WAY as ON_THE_WAY
from heliu.logistics.transport.models import CarriageStatus as CarriageStatus
from heliu.logistics.transport.models import ExceptionKind as ExceptionKind
from heliu.logistics.transport.models import MilestoneKind as MilestoneKind


def visible_to(actor: Actor) -> QuerySet[Shipment]:
    """The shipments the actor sends, receives, owns or has lent for."""
    if actor.is_system:
        return Shipment.objects.all()
    return Shipment.objects.filter(
        Q(sender__in=actor.orgs)
        | Q(warehouse__in=actor.orgs)
        | Q(owner__in=actor.orgs)
        | Q(lender__in=actor.orgs)
    )


def get(actor: Actor, id_or_number: UUID | str) -> Shipment:
    """One shipment with its lines and milestones, or `NotFound`."""
    is_id = isinstance(id_or_number, UUID)
    found = (
        visible_to(actor)
        .filter(**{"id" if is_id else "number": id_or_number})
        .prefetch_related("lines__sku", "milestones")
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def lines_of(shipments: Iterable[UUID]) -> list[tuple[UUID, int, int]]:
    """What was sent of which line of an order, consignment by consignment: (consignment, line of
    the order, quantity)."""
    found = ShipmentLine.objects.filter(shipment__in=list(shipments)).order_by()
    return list(found.values_list("shipment", "order_line", "quantity"))


def of_orders(actor: Actor, orders: Iterable[UUID]) -> QuerySet[Shipment]:
    """The shipments of some orders, oldest first, with lines and milestones."""
    return (
        visible_to(actor)
        .filter(order_id__in=list(orders))
        .order_by("dispatched_at", "id")
        .prefetch_related("lines__sku", "milestones")
    )


def expected(actor: Actor) -> QuerySet[Shipment]:
    """What is on its way to the actor's warehouses: arrived ones first, then the oldest."""
    coming = (ShipmentStatus.ARRIVED, ShipmentStatus.IN_TRANSIT)
    shipments = visible_to(actor).filter(status__in=coming)
    if not actor.is_system:
        shipments = shipments.filter(warehouse__in=actor.orgs)
    return shipments.order_by("status", "dispatched_at").prefetch_related("lines__sku")


def carriages_visible_to(actor: Actor) -> QuerySet[Carriage]:
    """The carriages the actor carries, or of whose shipment it is a party."""
    if actor.is_system:
        return Carriage.objects.all()
    return Carriage.objects.filter(
        Q(carrier__in=actor.orgs)
        | Q(sender__in=actor.orgs)
        | Q(warehouse__in=actor.orgs)
        | Q(owner__in=actor.orgs)
        | Q(lender__in=actor.orgs)
    )


def carriage(actor: Actor, id_or_number: UUID | str) -> Carriage:
    """One carriage with what went wrong on it, or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = carriages_visible_to(actor).filter(**by).prefetch_related("exceptions").first()
    if found is None:
        raise NotFound()
    return found


def said_of(carriage: Carriage) -> QuerySet[Milestone]:
    """What its carrier said of a carriage, in order."""
    return Milestone.objects.filter(
        shipment=carriage.shipment_id, carrier=carriage.carrier
    ).order_by("at", "id")


def next_of(carriage: Carriage) -> list[CarriageStatus]:
    """What its carrier may say of it next by a tap, in the order of the way."""
    allowed = CARRIAGE_MOVES[carriage.status]
    return [one for one in ON_THE_WAY if one in allowed]


def seen_on_the_way(actor: Actor, shipments: Iterable[UUID]) -> list[UUID]:
    """What photos of the way of some shipments belong to: carriages, and what went wrong."""
    mine = carriages_visible_to(actor).filter(shipment__in=list(shipments)).values("pk")
    wrong = CarriageException.objects.filter(carriage__in=mine).values("pk")
    return [pk for (pk,) in mine.values_list("pk").union(wrong.values_list("pk"))]


# The transit account of a line's goods, by its name.
TRANSIT = """
select s.number from transport_shipment s
  join (select shipment_id, sku_id, sum(quantity) as sent
          from transport_shipmentline group by shipment_id, sku_id) l on l.shipment_id = s.id
  left join posting_account a
         on a.key = concat_ws(':', 'transit', s.sender, s.owner, l.sku_id, s.id)
 where coalesce(a.posted, 0) <> case when s.status = 'RECEIVED' then 0 else l.sent end
 order by s.number limit 1
"""


def check() -> list[str]:
    """The laws of shipments that are broken, each with its first offender; [] when all hold."""
    with connection.cursor() as cursor:
        cursor.execute(TRANSIT)
        return [
            f"in transit is what was sent and not yet received: {number}"
            for (number,) in cursor.fetchall()
        ] + [
            f"counted goods are on nobody's way any more: {late.number}"
            for late in Carriage.objects.filter(shipment__status=ShipmentStatus.RECEIVED)
            .exclude(status=CarriageStatus.DELIVERED)
            .order_by("number")[:1]
        ]
