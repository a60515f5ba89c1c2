"""What the messages say in our words, whatever their version: days of accounts, and reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Names:
    """How a message calls a payment; what it does not say is empty."""

    instruction: str = ""  # InstrId
    end_to_end: str = ""  # EndToEndId
    message: str = ""  # MsgId of the file it was ordered with


@dataclass(frozen=True)
class Report:
    """What became of a payment. `amount` is None where the message does not repeat it.

    Of an entry, `account` is where it was booked and `is_credit` whether money came in there.
    """

    key: str  # the same whenever the file is read
    names: Names
    is_booked: bool
    at: datetime
    amount: int | None = None
    reason: str = ""
    account: str = ""
    is_credit: bool = False


@dataclass(frozen=True)
class Entry:
    """One booking on an account: in is positive. `is_back` where it takes another one back."""

    id: str
    names: Names
    amount: int
    counterparty: str
    at: datetime
    is_back: bool = False
    reason: str = ""


@dataclass(frozen=True)
class AccountDay:
    """A statement: an account's day from opening to closing."""

    number: str
    day: date
    opening: int
    closing: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Message:
    """A file's contents. `kind` is as in its namespace: camt.053."""

    kind: str
    days: list[AccountDay] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)


@dataclass(frozen=True)
class Party:
    """One end of a payment: whose account it is, at which bank."""

    name: str
    bank: str
    number: str
