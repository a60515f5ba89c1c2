"""Facts about orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypedDict
from uuid import UUID

from heliu.kernel.events.facts import Fact


class About(TypedDict):
    """What every fact about an order says."""

    subject: UUID
    number: str
    buyer: UUID
    seller: UUID


@dataclass(frozen=True, kw_only=True)
class _OrderFact(Fact):
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    number: str
    buyer: UUID
    seller: UUID


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(_OrderFact):
    """A buyer ordered; `total` in minor units."""

    name = "commerce.order-placed"

    total: int
    currency: str
    lines: int
    pay_by: str
    warehouse: UUID


@dataclass(frozen=True, kw_only=True)
class OrderConfirmed(_OrderFact):
    """The seller accepted the order."""

    name = "commerce.order-confirmed"


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(_OrderFact):
    """The order ended before anything was shipped."""

    name = "commerce.order-cancelled"

    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderStruck(_OrderFact):
    """The seller will not deliver a part of the order: `quantity` in smallest units over all lines,
    `value` their price in minor units."""

    name = "commerce.order-struck"
    flows = ("commerce", "logistics")

    quantity: int
    value: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderChangeAsked(_OrderFact):
    """The buyer wants a confirmed order changed; it stays as it is until the seller agrees."""

    name = "commerce.order-change-asked"

    change: int
    total: int


@dataclass(frozen=True, kw_only=True)
class OrderChanged(_OrderFact):
    """The order is another from now on; `total` is the new one, in minor units."""

    name = "commerce.order-changed"

    change: int
    total: int
    lines: int


@dataclass(frozen=True, kw_only=True)
class OrderChangeRefused(_OrderFact):
    """The seller said no to a change; the order stays as it was."""

    name = "commerce.order-change-refused"

    change: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderShipped(_OrderFact):
    """Goods of the order left the seller; `quantity` in smallest units over all lines."""

    name = "commerce.order-shipped"
    flows = ("commerce", "logistics")

    quantity: int
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class OrderReceived(_OrderFact):
    """Goods of the order were counted at the receiver."""

    name = "commerce.order-received"
    flows = ("commerce", "logistics")

    received: int
    damaged: int
    missing: int
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class OrderCompleted(_OrderFact):
    """Buyer and seller owe each other nothing more on the order."""

    name = "commerce.order-completed"
