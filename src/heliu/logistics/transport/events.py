"""What is told about goods on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class GoodsShipped(Fact):
    """A shipment left its sender; title is the owner's from here."""

    name: ClassVar[str] = "logistics.goods-shipped"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    number: str
    order: UUID
    warehouse: UUID
    quantity: int


@dataclass(frozen=True, kw_only=True)
class GoodsArrived(Fact):
    """A shipment stands at the gate of the warehouse that will receive it."""

    name: ClassVar[str] = "logistics.goods-arrived"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    number: str
    place: str
