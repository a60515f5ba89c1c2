"""What is told about stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class StockAdjusted(Fact):
    """A count found another quantity than the books."""

    name: ClassVar[str] = "logistics.stock-adjusted"
    flows: ClassVar[tuple[str, ...]] = ("logistics",)

    sku: UUID
    difference: int
    reason: str
