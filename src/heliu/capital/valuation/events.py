"""What happens to pools of goods that loans rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class MarginCalled(Fact):
    """A borrower is called to repay `cash`, or to bring goods of the lendable value `goods` (fen),
    until a day: what it owes is so much of what its stock may be lent against."""

    name: ClassVar[str] = "capital.margin-called"
    flows: ClassVar[tuple[str, ...]] = ("capital", "logistics")

    number: str
    cash: int
    goods: int
    until: date


@dataclass(frozen=True, kw_only=True)
class MarginCallEnded(Fact):
    """A margin call is cured, or was not in time (`outcome`: CURED, LAPSED)."""

    name: ClassVar[str] = "capital.margin-call-ended"
    flows: ClassVar[tuple[str, ...]] = ("capital", "logistics")

    number: str
    outcome: str
