"""A small chain: a seller with stock, a dealer, a lender, a supervised house."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pytest
from django.db import connection, transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.goods.models import Family, Sku, UnitOfMeasure
from heliu.kernel.ids import new_id
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Organization
from heliu.logistics.pledges.models import Pledge
from heliu.logistics.pledges.operations import binding
from heliu.logistics.stock import operations as stock
from heliu.logistics.transport import operations as transport
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing import operations as warehousing
from heliu.logistics.warehousing.models import Warehouse
from heliu.logistics.warehousing.policies import Count

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
EVERYTHING = frozenset(
    {"order", "sell", "ship", "price", "receive", "pick", "count", "decide", "release"}
)


order_lines = count(1)


def person(org: UUID, *permissions: str) -> Actor:
    """Somebody at a desk of `org`; with every permission if none is named."""
    may = frozenset(permissions) or EVERYTHING
    return Actor(new_id(), "Somebody", org, (org,), may)


@dataclass
class Chain:
    """The parties, three SKUs, the house, and short ways to do what a test is not about."""

    seller: UUID = field(default_factory=new_id)
    dealer: UUID = field(default_factory=new_id)
    lender: UUID = field(default_factory=new_id)
    keeper: UUID = field(default_factory=new_id)
    stranger: UUID = field(default_factory=new_id)
    skus: list[UUID] = field(default_factory=list)
    house: Warehouse | None = None

    def lay(self) -> Chain:
        """Write the parties and goods down."""
        for name in ("seller", "dealer", "lender", "keeper", "stranger"):
            org = getattr(self, name)
            Organization.objects.create(id=org, code=f"{name}-{org.hex[-8:]}", name=name.title())
        parties.introduce(self.seller, self.dealer, self.lender, self.keeper)
        unit, _ = UnitOfMeasure.objects.get_or_create(
            code="pc", defaults={"name": "piece", "name_zh": "件"}
        )
        family, _ = Family.objects.get_or_create(
            code="mugs", defaults={"name": "Mugs", "name_zh": "杯"}
        )
        for n in range(3):
            sku = Sku.objects.create(
                seller=self.seller, code=f"M{n}", name=f"Mug {n}", family=family, unit=unit
            )
            self.skus.append(sku.id)
        self.house = warehousing.set_up(
            actor=Actor.system(),
            org=self.keeper,
            code="W1",
            name="House",
            columns=4,
            rows=2,
            is_supervised=True,
        )
        return self

    def supply(self, quantity: int, sku: int = 0, *, lot: str = "", at: datetime = AT) -> None:
        """Goods of the seller in its own house."""
        stock.supply(
            [stock.Supply(self.skus[sku], quantity, None, lot)],
            owner=self.seller,
            warehouse=self.seller,
            key=f"supply:{new_id()}",
            subject=new_id(),
            at=at,
        )

    def send(self, *quantities: int, deal: UUID | None = None, at: datetime = AT) -> Shipment:
        """Reserve and dispatch a quantity of each SKU from the seller to the supervised house."""
        order = new_id()
        lines = [
            transport.DispatchLine(next(order_lines), sku, quantity, new_id())
            for sku, quantity in zip(self.skus, quantities, strict=False)
            if quantity
        ]
        stock.reserve(
            [(line.reservation, line.sku, line.quantity) for line in lines],
            owner=self.seller,
            warehouse=self.seller,
            subject=order,
            at=at,
        )
        return transport.dispatch(
            actor=person(self.seller),
            order_id=order,
            sender=self.seller,
            warehouse=self.keeper,
            owner=self.dealer,
            lines=lines,
            carrier_name="Carrier",
            at=at,
            lender=self.lender,
            deal=deal,
        )

    def receive(
        self,
        shipment: Shipment,
        *,
        pledge: UUID | None = None,
        damaged: int = 0,
        missing: int = 0,
        at: datetime = AT,
    ) -> warehousing.Received:
        """Count a shipment in; what is damaged or missing is so of its first line."""
        counts = [
            Count(
                line.id,
                line.quantity - (damaged + missing if line.position == 1 else 0),
                damaged if line.position == 1 else 0,
            )
            for line in shipment.lines.all()
        ]
        return warehousing.receive(
            actor=person(self.keeper),
            shipment=shipment,
            counts=counts,
            pledge=pledge,
            holder=self.lender if pledge else self.dealer,
            at=at,
        )

    def propose(self) -> Pledge:
        """A pledge that waits for its goods."""
        return binding.propose(
            deal=new_id(),
            loan=new_id(),
            pledgor=self.dealer,
            pledgee=self.lender,
            custodian=self.keeper,
            actor=Actor.system(),
            at=AT,
        )

    def pledged(self, *quantities: int, values: tuple[int, ...] = (100, 250, 1000)) -> Pledge:
        """Goods sent, received and bound: a quantity of each SKU at its unit value."""
        for n, quantity in enumerate(quantities):
            if quantity:
                self.supply(quantity, n)
        pledge = self.propose()
        return self.bind(pledge, self.send(*quantities, deal=pledge.deal), values=values)

    def bind(
        self, pledge: Pledge, shipment: Shipment, values: tuple[int, ...] = (100, 250, 1000)
    ) -> Pledge:
        """Receive a shipment for a pledge and bind its goods."""
        came = self.receive(shipment, pledge=pledge.id)
        worth = dict(zip(self.skus, values, strict=True))
        assert came.receipt is not None
        return binding.activate(
            pledge,
            receipt=came.receipt,
            lines=[(r.stock_row, r.sku, r.quantity, worth[r.sku]) for r in came.rows],
            actor=person(self.keeper),
            at=AT,
        )


def settled() -> None:
    """Ask the database now what it would ask when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


@pytest.fixture
def chain(db: None, as_worker) -> Chain:
    """The chain in a transaction that is rolled back, acting as the worker."""
    with as_worker():
        yield Chain().lay()


@pytest.fixture
def real_chain(own_db: str) -> Chain:
    """The chain in a database of its own, for many connections at once."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local role heliu_worker")
        return Chain().lay()
