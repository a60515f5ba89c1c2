"""What is told of a quote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class QuoteAsked(Fact):
    """A buyer asks for a quote, or for another one; `version` is what it said."""

    name: ClassVar[str] = "commerce.quote-asked"
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    number: str
    version: int


@dataclass(frozen=True, kw_only=True)
class QuoteOffered(Fact):
    """A seller offers prices, which bind it to the end of a day; `total` in minor units of
    `currency`."""

    name: ClassVar[str] = "commerce.quote-offered"
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    number: str
    version: int
    currency: str
    total: int
    valid_until: str


@dataclass(frozen=True, kw_only=True)
class QuoteEnded(Fact):
    """A quote is over: `status` says how, `order` is the order it became, else ''."""

    name: ClassVar[str] = "commerce.quote-ended"
    flows: ClassVar[tuple[str, ...]] = ("commerce",)

    number: str
    status: str
    order: str
