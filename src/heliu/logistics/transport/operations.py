"""Sending goods off, and noting what is seen of them on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, Invalid
from heliu.kernel.events.facts import record
from heliu.kernel.ids import new_id
from heliu.kernel.numbering import next_number
from heliu.kernel.states import move
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock.policies import Marked
from heliu.logistics.transport.events import GoodsArrived, GoodsShipped
from heliu.logistics.transport.models import (
    SHIPMENT_MOVES,
    Milestone,
    MilestoneKind,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)


class DispatchLine(NamedTuple):
    """Goods to send for a line of the order; `reservation` is what they were set aside by, `marks`
    the pieces where they are told apart and somebody chose them."""

    order_line: int
    sku: UUID
    quantity: int
    reservation: UUID | None
    marks: tuple[Marked, ...] = ()


class Origin(NamedTuple):
    """A house of the sender and its bins; None among them are goods that lie in no bin."""

    house: UUID
    bins: frozenset[UUID | None]


def dispatch(
    *,
    actor: Actor,
    order_id: UUID,
    sender: UUID,
    warehouse: UUID,
    owner: UUID,
    lines: Sequence[DispatchLine],
    carrier_name: str,
    at: datetime,
    carrier_name_zh: str = "",
    lender: UUID | None = None,
    deal: UUID | None = None,
    place: str = "",
    audience: Iterable[UUID] = (),
    is_picked_up: bool = True,
    origin: Origin | None = None,
    ship_to: dict[str, str] | None = None,
) -> Shipment:
    """Send reserved goods of `sender` to `warehouse`; title passes to `owner` as they leave.

    The goods go out of the sender's own warehouse, out of one house of it where `origin` names one,
    oldest rows first, into the transit of the new
    shipment, which begins with the milestone of its pick-up unless that is a carrier's to say.
    A house that keeps its title sends what it has bought to a keeper.
    Raises `Short`.
    """
    actor.require("order" if sender == owner else "ship")
    _require_party(actor, sender)
    if not lines:
        raise Invalid("nothing-to-ship", "There is nothing to ship.", field="lines")
    shipment = Shipment.objects.create(
        id=new_id(),
        number=next_number("SH", at),
        order_id=order_id,
        deal=deal,
        sender=sender,
        warehouse=warehouse,
        owner=owner,
        lender=lender,
        carrier_name=carrier_name,
        carrier_name_zh=carrier_name_zh,
        origin=origin.house if origin else None,
        ship_to=ship_to,
        dispatched_at=at,
    )
    ShipmentLine.objects.bulk_create(
        [
            ShipmentLine(
                shipment=shipment,
                position=position,
                order_line=line.order_line,
                sku_id=line.sku,
                quantity=line.quantity,
                **_parties(shipment),
            )
            for position, line in enumerate(lines, 1)
        ]
    )
    stock.issue(
        [stock.Issue(line.sku, line.quantity, line.reservation, line.marks) for line in lines],
        owner=sender,
        warehouse=sender,
        new_owner=owner,
        shipment=shipment.id,
        at=at,
        bins=origin.bins if origin else None,
    )
    if is_picked_up:
        _note(shipment, MilestoneKind.PICKED_UP, place=place, actor=actor, at=at)
    record(
        GoodsShipped(
            subject=shipment.id,
            number=shipment.number,
            order=order_id,
            warehouse=warehouse,
            quantity=sum(line.quantity for line in lines),
        ),
        actor=actor,
        at=at,
        audience=_audience(shipment, audience),
        deal=deal,
    )
    return shipment


def arrived(
    shipment: Shipment,
    *,
    actor: Actor,
    at: datetime,
    place: str = "",
    audience: Iterable[UUID] = (),
    carrier: UUID | None = None,
) -> Milestone:
    """The shipment stands at the gate of the receiving warehouse and waits to be counted.

    Its sender, the warehouse or the carrier it was given to say so.
    """
    _require_party(actor, shipment.sender, shipment.warehouse, *([carrier] if carrier else []))
    move(shipment, ShipmentStatus.ARRIVED, moves=SHIPMENT_MOVES, arrived_at=at)
    seen = _note(shipment, MilestoneKind.ARRIVED, place=place, actor=actor, at=at)
    record(
        GoodsArrived(subject=shipment.id, number=shipment.number, place=place),
        actor=actor,
        at=at,
        audience=_audience(shipment, audience),
        deal=shipment.deal,
    )
    return seen


def received(shipment: Shipment, *, actor: Actor, at: datetime) -> None:
    """The shipment was counted in; its way ends here. Called by the count itself."""
    move(shipment, ShipmentStatus.RECEIVED, moves=SHIPMENT_MOVES, received_at=at)
    _note(shipment, MilestoneKind.DELIVERED, place="", actor=actor, at=at)


def _note(shipment: Shipment, kind: str, *, place: str, actor: Actor, at: datetime) -> Milestone:
    noted, _ = Milestone.objects.get_or_create(
        shipment=shipment,
        kind=kind,
        at=at,
        defaults={"place": place, "actor_name": actor.name, **_parties(shipment)},
    )
    return noted


def _parties(shipment: Shipment) -> dict[str, UUID | None]:
    return {
        "sender": shipment.sender,
        "warehouse": shipment.warehouse,
        "owner": shipment.owner,
        "lender": shipment.lender,
    }


def _audience(shipment: Shipment, more: Iterable[UUID]) -> set[UUID]:
    return {org for org in _parties(shipment).values() if org is not None} | set(more)


def _require_party(actor: Actor, *orgs: UUID) -> None:
    if not actor.is_system and not set(orgs) & set(actor.orgs):
        raise Forbidden("not-your-goods", "These goods are sent and received by others.")
