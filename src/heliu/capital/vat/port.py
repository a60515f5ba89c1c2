"""What the platform asks of the tax authority's invoice service; every service is an adapter.

One call: a paper has a stable id and is answered at once, later, or not at all. Who does not know
the answer hands the same paper over again: an adapter acts on one id at most once and gives its
first answer again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from importlib import import_module
from typing import Protocol
from uuid import UUID

from django.conf import settings


class AuthorityTimeout(Exception):
    """The authority did not answer: what became of the paper is unknown."""


class Outcome(StrEnum):
    """What the authority says to a paper."""

    ISSUED = "ISSUED"
    REFUSED = "REFUSED"
    PENDING = "PENDING"


@dataclass(frozen=True)
class PaperLine:
    """Goods on a paper; amounts in fen, below zero on a red letter, the rate in per cent."""

    name: str
    unit: str
    quantity: int
    rate: Decimal
    is_exempt: bool
    net: int
    tax: int


@dataclass(frozen=True)
class Paper:
    """An invoice as the authority needs it; `red_of` is the number of the one taken back."""

    id: UUID
    kind: str
    issuer: dict[str, str]
    title: dict[str, str]
    lines: tuple[PaperLine, ...]
    red_of: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """What the authority says: the invoice's number of 20 digits, or why not."""

    outcome: Outcome
    number: str = ""
    reason: str = ""


class Authority(Protocol):
    """A tax authority as the platform uses it."""

    def issue(self, paper: Paper, at: datetime) -> Answer:
        """Hand a paper over; the same id again gives the first answer. May time out."""


def current_authority() -> Authority:
    """The one this installation issues with: its package's `adapter.connect()`."""
    authority: Authority = import_module(f"{settings.HELIU_TAX_AUTHORITY}.adapter").connect()
    return authority
