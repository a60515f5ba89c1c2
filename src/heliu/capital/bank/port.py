"""What the platform asks of a bank; every bank is an adapter behind this port.

The two-step rule: an instruction has a stable id; it is submitted; its outcome arrives as a signed
notice. Who does not know an outcome asks for it with the same id, and may submit again under the
same id: an adapter must book one id at most once. See docs/decisions/0004-bank-behind-a-port.md.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib import import_module
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.encoding import force_bytes

from heliu.kernel.errors import Refused
from heliu.kernel.money import CURRENCY


class BankTimeout(Exception):
    """The bank did not answer: the outcome is unknown and must be asked for."""


class Outcome(StrEnum):
    """What became of an instruction at the bank."""

    BOOKED = "BOOKED"
    REJECTED = "REJECTED"
    PENDING = "PENDING"
    NEVER_SEEN = "NEVER_SEEN"


@dataclass(frozen=True)
class Order:
    """One payment order as the bank needs it; amounts in minor units."""

    id: UUID
    purpose: str
    from_number: str
    to_number: str
    amount: int
    deal: UUID
    currency: str = CURRENCY
    number: str = ""  # as people call it


@dataclass(frozen=True)
class Ack:
    """The bank took the order; `reference` is its own number for it."""

    reference: str


@dataclass(frozen=True)
class BankStatus:
    """The bank's answer to a status query; `reason` is an ISO 20022 code (AM04, AC04)."""

    outcome: Outcome
    reason: str = ""
    booked_at: datetime | None = None


@dataclass(frozen=True)
class StatementEntry:
    """One booking on a statement, signed as the account holder sees it: in is positive."""

    id: str
    amount: int
    reference: str
    counterparty: str
    booked_at: datetime


@dataclass(frozen=True)
class BankStatement:
    """An account's day: what it opened with, what was booked, what it closed with."""

    number: str
    day: date
    opening: int
    entries: tuple[StatementEntry, ...]
    closing: int


@dataclass(frozen=True)
class SignedNotice:
    """A notice as it came: its bytes and the bank's signature over them."""

    raw: bytes
    signature: str


class Bank(Protocol):
    """A bank as the platform uses it."""

    def submit(self, order: Order, at: datetime) -> Ack:
        """Hand over an order; a second time with the same id it does nothing. May time out."""

    def status(self, instruction: UUID) -> BankStatus:
        """What became of an order handed over under this id."""

    def notices(self, at: datetime) -> Sequence[SignedNotice]:
        """Notices that wait to be fetched; none for a bank that sends them to our door."""

    def statement(self, number: str, day: date) -> BankStatement:
        """The account's bookings of one business day."""

    def open_supervised(self, *, dealer: UUID, lender: UUID, at: datetime) -> str:
        """Open an account of the dealer that only the lender can free; returns its number."""


def current_bank() -> Bank:
    """The bank this installation speaks with: what `adapter.connect()` of its package gives."""
    name = f"{settings.HELIU_BANK}.adapter"
    try:
        bank: Bank = import_module(name).connect()
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
        raise Refused("bank-unknown", "HELIU_BANK names no way to speak with a bank.") from error
    return bank


def sign(raw: bytes) -> str:
    """The signature the bank puts on a notice: HMAC-SHA256 over its raw bytes, in hex.

    The secret is the one agreed with the bank; the sandbox, in the same house, does with the
    install's own.
    """
    return sealed(settings.HELIU_BANK_SECRET or settings.SECRET_KEY, raw)


def sealed(secret: str, said: bytes) -> str:
    """HMAC-SHA256 over bytes, in hex: how bank and platform sign what they say to each other."""
    return hmac.new(force_bytes(secret), said, hashlib.sha256).hexdigest()


def is_signed(raw: bytes, signature: str) -> bool:
    """Whether a notice bears the bank's signature."""
    return hmac.compare_digest(sign(raw).encode(), signature.encode())
