"""Facts about prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PricesSet(Fact):
    """A seller set prices in a list that hold from a day; `prices` counts them."""

    name = "commerce.prices-set"
    flows = ("commerce",)

    list_code: str
    prices: int
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class ListAssigned(Fact):
    """A price list holds for a buyer from a day."""

    name = "commerce.price-list-assigned"
    flows = ("commerce",)

    list_code: str
    buyer: UUID
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class VersionScheduled(Fact):
    """A version of a price list goes live at an instant."""

    name = "commerce.price-version-scheduled"
    flows = ("commerce",)

    list_code: str
    version: int
    live_from: datetime


@dataclass(frozen=True, kw_only=True)
class ContractAgreed(Fact):
    """A seller and a buyer agreed on prices for a period."""

    name = "commerce.contract-agreed"
    flows = ("commerce",)

    code: str
    buyer: UUID
    valid_from: date
    valid_to: date


@dataclass(frozen=True, kw_only=True)
class ContractOffered(Fact):
    """A seller offers a contract to a buyer."""

    name = "commerce.contract-offered"
    flows = ("commerce",)

    code: str
    buyer: UUID


@dataclass(frozen=True, kw_only=True)
class ContractRefused(Fact):
    """An offered contract is refused, or taken back."""

    name = "commerce.contract-refused"
    flows = ("commerce",)

    code: str


@dataclass(frozen=True, kw_only=True)
class ContractChangeAsked(Fact):
    """A seller asks for a change of a contract that needs the buyer's yes."""

    name = "commerce.contract-change-asked"
    flows = ("commerce",)

    code: str


@dataclass(frozen=True, kw_only=True)
class ContractChangeAnswered(Fact):
    """A buyer agreed to a change of a contract, or refused it."""

    name = "commerce.contract-change-answered"
    flows = ("commerce",)

    code: str
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class ContractEnded(Fact):
    """A contract ends earlier than agreed; `last` is its last day."""

    name = "commerce.contract-ended"
    flows = ("commerce",)

    code: str
    last: date


@dataclass(frozen=True, kw_only=True)
class PromotionAnnounced(Fact):
    """A seller lowers prices for a while."""

    name = "commerce.promotion-announced"
    flows = ("commerce",)

    code: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class PromotionStopped(Fact):
    """A promotion was stopped before its end."""

    name = "commerce.promotion-stopped"
    flows = ("commerce",)

    code: str
