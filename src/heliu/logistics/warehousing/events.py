"""What is told from the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class GoodsReceived(Fact):
    """A shipment was counted in; `receipt` is the number of the warehouse receipt or ''."""

    name: ClassVar[str] = "logistics.goods-received"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    number: str
    order: UUID
    good: int
    receipt: str


@dataclass(frozen=True, kw_only=True)
class ReceiptDiffers(Fact):
    """What came is not what was sent."""

    name: ClassVar[str] = "logistics.receipt-differs"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    number: str
    order: UUID
    missing: int
    damaged: int


@dataclass(frozen=True, kw_only=True)
class GoodsMoved(Fact):
    """Goods were put into other bins of their house; `lines` is how many movements it took."""

    name: ClassVar[str] = "logistics.goods-moved"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    lines: int


@dataclass(frozen=True, kw_only=True)
class PickRefused(Fact):
    """Somebody wanted to take goods that may not leave their bin."""

    name: ClassVar[str] = "logistics.pick-refused"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    sku: UUID
    quantity: int
    reason: str
