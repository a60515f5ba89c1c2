"""What happened to an application, and who trades with whom from then on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ApplicationDecided(Fact):
    """An organisation was admitted or denied; `by_rule` says that nobody had to look."""

    name: ClassVar[str] = "commerce.application-decided"
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    org: UUID
    is_admitted: bool
    by_rule: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class TradingBegun(Fact):
    """A buyer may order from a seller from now on; `is_invited` if the seller had invited it."""

    name: ClassVar[str] = "commerce.trading-begun"
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    buyer: UUID
    seller: UUID
    is_invited: bool


@dataclass(frozen=True, kw_only=True)
class StandingChanged(Fact):
    """An operator suspended an organisation, let it in again, or closed it."""

    name: ClassVar[str] = "commerce.standing-changed"
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    before: str
    after: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class BranchOpened(Fact):
    """A house opened a branch of its own, which buys as it buys."""

    name: ClassVar[str] = "commerce.branch-opened"
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    house: UUID
    code: str
