"""What happened in credit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CreditDecided(Fact):
    """A borrower was assessed under a programme."""

    name: ClassVar[str] = "capital.credit-decided"
    flows: ClassVar[tuple[str, ...]] = ("information", "capital")

    number: str
    decision: str
    grade: str
    score: int
    limit: int
    deposit_ratio: Decimal
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class ProgrammeChanged(Fact):
    """A lender finances the orders of a seller's dealers in another way from now on."""

    name: ClassVar[str] = "capital.programme-changed"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    instrument: str
    deposit_mode: str
    release_mode: str
    seller_duty: str
    buy_back_share: Decimal


@dataclass(frozen=True, kw_only=True)
class ProgrammeOffered(Fact):
    """A lender asks a seller to agree to a programme, or to a new version of one."""

    name: ClassVar[str] = "capital.programme-offered"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    title: str
    seller_duty: str


@dataclass(frozen=True, kw_only=True)
class ProgrammeAnswered(Fact):
    """A seller agreed to a programme that was offered to it, or refused it."""

    name: ClassVar[str] = "capital.programme-answered"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    title: str
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class MarginsChanged(Fact):
    """A lender lends against stock by other rules from now on; shares from 0 to 1."""

    name: ClassVar[str] = "capital.margins-changed"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    opening: str
    call: str
    liquidation: str


@dataclass(frozen=True, kw_only=True)
class FacilityGranted(Fact):
    """A borrower has a limit, or a new one."""

    name: ClassVar[str] = "capital.facility-granted"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    limit: int


@dataclass(frozen=True, kw_only=True)
class FacilityEnded(Fact):
    """A borrower's limit was taken back for good."""

    name: ClassVar[str] = "capital.facility-ended"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    limit: int


@dataclass(frozen=True, kw_only=True)
class ReleasesCapped(Fact):
    """Above an amount a lender's people agree to each release of goods; none: no more."""

    name: ClassVar[str] = "capital.releases-capped"
    flows: ClassVar[tuple[str, ...]] = ("capital", "logistics")

    cap: int | None


@dataclass(frozen=True, kw_only=True)
class RulesAgreed(Fact):
    """A version of a lender's own rules was agreed to by all who must; it holds from its day on."""

    name: ClassVar[str] = "capital.rules-agreed"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    version: str
    effective_on: date
