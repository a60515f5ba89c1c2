"""What is told of a return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ReturnAsked(Fact):
    """A buyer asks to give goods back, or to keep them for less; `amount` in fen."""

    name: ClassVar[str] = "commerce.return-asked"
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    number: str
    order: UUID
    remedy: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class ReturnMoved(Fact):
    """A return went on: `status` is where it stands, `credited` what was given for it, in fen."""

    name: ClassVar[str] = "commerce.return-moved"
    flows: ClassVar[tuple[str, ...]] = ("commerce", "logistics")

    number: str
    status: str
    credited: int
