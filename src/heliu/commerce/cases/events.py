"""What is told of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Fact):
    """A buyer opened a case about an order."""

    name: ClassVar[str] = "commerce.case-opened"
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    number: str
    order: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class CaseMoved(Fact):
    """A case went on: `status` is where it stands now."""

    name: ClassVar[str] = "commerce.case-moved"
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    number: str
    status: str
