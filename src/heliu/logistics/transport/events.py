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


@dataclass(frozen=True, kw_only=True)
class CarriageMoved(Fact):
    """A carrier says how far goods are."""

    name: ClassVar[str] = "logistics.carriage-moved"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    number: str
    kind: str
    place: str


@dataclass(frozen=True, kw_only=True)
class CarriageWentWrong(Fact):
    """Something went wrong with goods on their way."""

    name: ClassVar[str] = "logistics.carriage-went-wrong"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    number: str
    kind: str
    note: str
    photos: int


@dataclass(frozen=True, kw_only=True)
class CarriageSettled(Fact):
    """What went wrong on the way is settled."""

    name: ClassVar[str] = "logistics.carriage-settled"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    number: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class DeliveryProved(Fact):
    """A carrier handed goods over, and has the proof."""

    name: ClassVar[str] = "logistics.delivery-proved"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    number: str
    receiver: str
