"""What is told about pledges: each is where goods and money meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class GoodsPledged(Fact):
    """Goods in a warehouse now secure a loan; `value` in minor units."""

    name: ClassVar[str] = "logistics.goods-pledged"
    flows: ClassVar[tuple[str, ...]] = ("logistics", "capital")

    number: str
    loan: UUID
    receipt: str
    quantity: int
    value: int


@dataclass(frozen=True, kw_only=True)
class GoodsReleased(Fact):
    """A repayment set goods free; `value` in minor units."""

    name: ClassVar[str] = "logistics.goods-released"
    flows: ClassVar[tuple[str, ...]] = ("capital", "logistics")

    number: str
    release: str
    notice: str
    quantity: int
    value: int


@dataclass(frozen=True, kw_only=True)
class GoodsPickedUp(Fact):
    """Released goods left the warehouse with their owner."""

    name: ClassVar[str] = "logistics.goods-picked-up"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    number: str
    release: str
    quantity: int
