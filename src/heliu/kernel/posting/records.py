"""What goes into the engine and what comes out of it: plain records, no tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypedDict
from uuid import UUID


@dataclass(frozen=True)
class AccountSpec:
    """An account to open.

    `key` is its name for ever, unique in the whole product. `chain` names the chain of seals its
    lines go into; a journal sums to zero per `balance_group` and `unit`. `org` owns it, `other` is
    the second party that may see it. An account with a `floor` or a `ceiling` is locked when it is
    posted to, in the order of (`lock_rank`, id): 10 credit limits, 20 supervised money, 80 goods
    promised, 90 goods that are.
    """

    key: str
    chain: str
    balance_group: str
    unit: str
    org: UUID
    other: UUID | None = None
    floor: int | None = None
    ceiling: int | None = None
    lock_rank: int = 50


@dataclass(frozen=True)
class Line:
    """One end of a movement: + is debit or in, - is credit or out; `hold` is posted by it."""

    account: int
    amount: int
    hold: UUID | None = None


@dataclass(frozen=True)
class Journal:
    """One movement: lines that sum to zero per balance group and unit, once per `key` for ever."""

    id: UUID
    key: str
    kind: str
    lines: tuple[Line, ...]
    effective: date
    subject: UUID
    reverses: UUID | None = None


@dataclass(frozen=True)
class NewHold:
    """Room set aside on a limited account for a line to come; signed as that line will be."""

    id: UUID
    account: int
    amount: int
    subject: UUID
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Balance:
    """What stands on an account: posted, and what open holds will take out or bring in (>= 0)."""

    account: int
    posted: int
    held_out: int
    held_in: int
    floor: int | None = None
    ceiling: int | None = None

    @property
    def room_down(self) -> int | None:
        """How much may still go out; None when there is no floor."""
        return None if self.floor is None else self.posted - self.held_out - self.floor

    @property
    def room_up(self) -> int | None:
        """How much may still come in; None when there is no ceiling."""
        return None if self.ceiling is None else self.ceiling - self.posted - self.held_in


class HoldState(NamedTuple):
    """How far a hold has come: its signed amount, what of it was posted, whether it still binds."""

    amount: int
    posted: int
    is_open: bool


class LineRow(NamedTuple):
    """A line as pages show it, with the journal it belongs to."""

    line: int
    journal: UUID
    journal_key: str
    kind: str
    effective: date
    at: datetime
    subject: UUID
    account: int
    key: str
    amount: int


class Standing(NamedTuple):
    """A journal that nothing has reversed, with its lines as (account, its key, amount)."""

    journal: UUID
    key: str
    kind: str
    effective: date
    lines: tuple[tuple[int, str, int], ...]


class Head(TypedDict):
    """Where a chain of seals ends; plain enough for JSON, to be kept outside the database."""

    block: int
    lines: int
    last_line: int
    hash: str


class Finding(NamedTuple):
    """What is wrong first in a chain: `kind` is altered, missing, truncated, added or rewritten.

    `line` is the id of the first line at fault and `position` its place in the chain, from 1.
    Where the seals themselves were taken away or made anew, only a head kept elsewhere tells:
    then `line` is the last one the head knew.
    """

    chain: str
    line: int
    position: int
    kind: str
