"""The consignments of an order: what went, from where and under which invoice, and what of the rest
could go from which house of the seller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from heliu.capital.terms import queries as terms
from heliu.capital.terms.models import Invoice
from heliu.capital.vat import queries as vat
from heliu.capital.vat.models import VatInvoice
from heliu.commerce.ordering.models import Order
from heliu.kernel.access.actor import Actor
from heliu.logistics.transport import queries as transport
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing import queries as warehousing
from heliu.logistics.warehousing.models import Warehouse
from heliu.trade import back_orders


@dataclass(frozen=True)
class Consignment:
    """A shipment of an order; `house` is where it came from and `invoice` what is owed for it, each
    None where there is none or it is not the reader's to see. `value` is its price, minor units."""

    shipment: Shipment
    house: Warehouse | None
    pieces: int
    value: int
    invoice: Invoice | None
    vat: VatInvoice | None


@dataclass(frozen=True)
class Load:
    """What of the open lines lies good and free in a house: line id -> smallest units."""

    house: Warehouse
    quantities: Mapping[int, int]

    @property
    def pieces(self) -> int:
        """How many that are."""
        return sum(self.quantities.values())


def of_order(actor: Actor, order: Order) -> list[Consignment]:
    """What went so far, oldest first, in seven statements for any number."""
    found = list(transport.of_orders(actor, [order.pk]))
    places = {one.origin for one in found if one.origin}
    seen = warehousing.warehouses_visible_to(actor).filter(pk__in=places) if places else ()
    houses = {house.pk: house for house in seen}
    bills = {one.key: one for one in terms.visible_to(actor).filter(order_id=order.pk)}
    with_tax = vat.of_keys(str(one.pk) for one in found)
    prices = {line.pk: line.unit_price for line in order.lines.all()}
    return [
        Consignment(
            shipment=one,
            house=houses.get(one.origin) if one.origin else None,
            pieces=sum(line.quantity for line in one.lines.all()),
            value=sum(line.quantity * prices[line.order_line] for line in one.lines.all()),
            invoice=bills.get(str(one.pk)),
            vat=with_tax.get(str(one.pk)),
        )
        for one in found
    ]


def loads(actor: Actor, order: Order) -> list[Load]:
    """The seller's houses with what each could send now, the one that could send most first."""
    lines = [line for line in order.lines.all() if line.to_ship]
    ready = back_orders.ready(order)
    there = warehousing.lying(actor, [line.sku_id for line in lines])
    found = [
        Load(
            house,
            {
                line.pk: n
                for line in lines
                if (n := min(ready.get(line.pk, 0), there[house.pk].get(line.sku_id, 0)))
            },
        )
        for house in warehousing.own_houses(actor)
    ]
    return sorted(found, key=lambda one: (-one.pieces, one.house.code))
