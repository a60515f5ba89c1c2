"""The contract of docs/bank-http.md: addresses, what is said at them, and how it is signed.

What the port knows (`Order`, `Ack`, `BankStatus`, `BankStatement`) goes as JSON as it is.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from heliu.capital.bank.port import Order, sealed

Moment = Annotated[datetime, Meta(tz=True)]

PAYMENTS = "/v1/payments"
STATEMENTS = "/v1/statements"
SUPERVISED = "/v1/supervised-accounts"
NOTICES = "/v1/notices"
KEPT = "/v1/notices/kept"
# A sandbox's own; no real bank has these.
ACCOUNTS = "/sandbox/accounts"
FAULTS = "/sandbox/faults"
TRANSFERS = "/sandbox/transfers"

SIGNATURE, TIMESTAMP = "X-Bank-Signature", "X-Bank-Timestamp"
FRESH = 300  # seconds by which two clocks may differ


@dataclass(frozen=True)
class Submission:
    """A payment order handed over. `at` is the customer's time; a real bank goes by its own."""

    order: Order
    at: Moment


@dataclass(frozen=True)
class StatementAsked:
    """Whose day is wanted. The number is in the body, for addresses end up in logs."""

    number: str
    day: date


@dataclass(frozen=True)
class SupervisedAsked:
    """A supervised account of a dealer for a lender, opened once."""

    dealer: UUID
    lender: UUID
    at: Moment


@dataclass(frozen=True)
class Opened:
    """The number of an account."""

    number: str


@dataclass(frozen=True)
class NoticesAsked:
    """What is due by the customer's time and was not brought to its door is wanted."""

    at: Moment


@dataclass(frozen=True)
class Waiting:
    """A notice handed out: its bytes as text, the signature over them, the bank's handle of it."""

    handle: int
    said: str
    signature: str


@dataclass(frozen=True)
class Handles:
    """The notices that are kept and need not be handed out again."""

    handles: list[int]


@dataclass(frozen=True)
class AccountWanted:
    """Sandbox only: an account with money on it."""

    holder: UUID
    funds: int
    is_bounded: bool
    at: Moment


@dataclass(frozen=True)
class FaultWanted:
    """Sandbox only: a fault for the next orders of a deal and purpose (empty: any)."""

    fault: str
    purpose: str
    deal: UUID | None
    times: int
    reason: str
    delay: timedelta


@dataclass(frozen=True)
class TransferWanted:
    """Sandbox only: somebody's own transfer, with the words it wrote on it; and its answer."""

    source: str
    target: str
    amount: int
    reference: str
    at: Moment


@dataclass(frozen=True)
class Scripted:
    """The id of a fault to come."""

    id: UUID


@dataclass(frozen=True)
class Problem:
    """Why a request is not taken: a stable code and a sentence."""

    code: str
    detail: str


def request_seal(secret: str, method: str, target: str, timestamp: str, body: bytes) -> str:
    """The signature of a request. `target` is path and query as they stand in the request line."""
    return sealed(secret, f"{method}\n{target}\n{timestamp}\n".encode() + body)


def answer_seal(secret: str, status: int, request: str, timestamp: str, body: bytes) -> str:
    """The signature of an answer, which names the signature of the request it answers."""
    return sealed(secret, f"{status}\n{request}\n{timestamp}\n".encode() + body)


def is_fresh(timestamp: str, now: float) -> bool:
    """Whether a timestamp is of now, give or take what clocks differ."""
    return timestamp.isdecimal() and abs(int(timestamp) - now) <= FRESH


def is_same(one: str, other: str) -> bool:
    """Compare two signatures in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())
