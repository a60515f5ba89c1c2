"""What an operator reads about all deals together: where they stand, what is lent, how late it
is, and what came of each month. The functions behind are in `sql/operator_reports.sql`; they tell
no sum of fewer than three loans.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.trade.oversight import state_of

FEWEST = 3
"""Of fewer loans no sum is told."""


@dataclass(frozen=True)
class Standing:
    """How many open deals stand somewhere; `kind` is ORDER or, where a bank finances it, LOAN."""

    kind: str
    state: str
    n: int

    @property
    def pill(self) -> tuple[str, str]:
        """Words and tone of the state."""
        return state_of(self.kind, self.state)


@dataclass(frozen=True)
class Lent:
    """What a lender has out for a seller's goods, in minor units; None of fewer than three."""

    lender: UUID
    seller: UUID
    loans: int
    late: int
    owed: int | None
    owed_late: int | None


@dataclass(frozen=True)
class Aged:
    """What is lent, by how late it is: `bucket` counts as the lenders' reports do."""

    bucket: int
    loans: int
    owed: int | None


@dataclass(frozen=True)
class Month:
    """What happened in a month: `name` is orders, lent or repaid."""

    month: date
    name: str
    n: int
    amount: int | None


def open_deals(actor: Actor) -> list[Standing]:
    """Open deals by where they stand, most first."""
    found = [Standing(*row) for row in _rows(actor, "operator_deals_open()")]
    return sorted(found, key=lambda one: (-one.n, one.kind, one.state))


def lent(actor: Actor, on: date) -> list[Lent]:
    """What is lent now, by lender and seller."""
    return [Lent(*row) for row in _rows(actor, "operator_lent(%s)", on)]


def aged(actor: Actor, on: date) -> list[Aged]:
    """What is lent now, by how late it is on a day."""
    return [Aged(*row) for row in _rows(actor, "operator_aged(%s) order by 1", on)]


def months(actor: Actor) -> list[Month]:
    """What happened month by month, the newest first."""
    return [Month(*row) for row in _rows(actor, "operator_months() order by 1 desc, 2")]


def keep_days(*, at: datetime) -> int:
    """Keep what happened on the days that are over; for the close of day. How many were new."""
    with connection.cursor() as cursor:
        cursor.execute("select trade_keep_days(%s)", [day_of(at)])
        days: int = cursor.fetchone()[0]
        return days


def _rows(actor: Actor, call: str, *parameters: Any) -> list[tuple[Any, ...]]:
    actor.require("operate")
    with connection.cursor() as cursor:
        cursor.execute(f"select * from {call}", list(parameters))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
