"""What is written into the books: entries on accounts, and the events they come of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from heliu.capital.books.chart import currency_of, in_currency
from heliu.kernel.money import CURRENCY


class Place(NamedTuple):
    """Where an account stands: whose book, which code, with whom, for what.

    An account in another currency than ours has it behind its code (`in_currency`): whatever asks
    for a code alone means ours, and sums by code never cross currencies.
    """

    org: UUID
    code: str
    other: UUID | None = None
    ref: str = ""

    @property
    def key(self) -> str:
        """Its name in the posting engine."""
        return f"book:{self.org}:{self.code}:{self.other or ''}:{self.ref}"

    @property
    def unit(self) -> str:
        """The currency of what stands on it."""
        return currency_of(self.code)


@dataclass(frozen=True)
class Entry:
    """One line of a journal in somebody's book: debit positive, credit negative.

    `hold` names the hold this line makes final, for the held part of a limit.
    """

    book: UUID
    code: str
    amount: int
    other: UUID | None = None
    ref: str = ""
    hold: UUID | None = None

    @cached_property
    def place(self) -> Place:
        """The account it is written on."""
        return Place(self.book, self.code, self.other, self.ref)


@dataclass(frozen=True)
class Event:
    """What is written into the books at once: one journal over all books it touches.

    `kind` is the event's name (`seller_paid`), `key` makes a second call harmless, `subject` is
    the document it is for, `effective` the business day it counts from, `currency` that of all its
    amounts.
    """

    kind: str
    key: str
    subject: UUID
    effective: date
    entries: Sequence[Entry]
    currency: str = CURRENCY

    def written(self) -> Sequence[Entry]:
        """The entries on the accounts of its currency."""
        if self.currency == CURRENCY:
            return self.entries
        return [
            replace(entry, code=in_currency(entry.code, self.currency)) for entry in self.entries
        ]


def unbalanced(entries: Sequence[Entry]) -> dict[UUID, int]:
    """The books in which a journal does not sum to zero, with what is over."""
    sums: dict[UUID, int] = {}
    for entry in entries:
        sums[entry.book] = sums.get(entry.book, 0) + entry.amount
    return {book: over for book, over in sums.items() if over}


def turned(entries: Sequence[Entry]) -> list[Entry]:
    return [replace(entry, amount=-entry.amount) for entry in entries]
