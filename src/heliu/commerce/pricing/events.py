"""Facts about prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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
