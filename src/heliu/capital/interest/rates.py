"""Rates by date: a fixed rate, or an index (LPR) plus spread with reset days, floor and cap.

All rates are per cent a year as Decimal: 4.35 means 4.35 % a year.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from heliu.capital.interest.days import add_months


@dataclass(frozen=True)
class RateTable:
    """The rate of a loan on every day.

    `fixings`: the index as published, (in force from, per cent a year), by date. `resets`: the days
    on which the loan looks at the index; between them its rate stands still. None: the loan follows
    every fixing at once. `floor` and `cap` bound index plus spread. ValueError when the fixings are
    empty or out of order, or the floor lies above the cap.
    """

    fixings: tuple[tuple[date, Decimal], ...]
    spread: Decimal = Decimal(0)
    floor: Decimal | None = None
    cap: Decimal | None = None
    resets: tuple[date, ...] | None = None

    def __post_init__(self) -> None:
        days = [day for day, _ in self.fixings]
        if not days or days != sorted(set(days)):
            raise ValueError("fixings are needed, each on its own day, oldest first")
        if self.resets is not None and list(self.resets) != sorted(set(self.resets)):
            raise ValueError("reset days are needed once each, oldest first")
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            raise ValueError("the floor lies above the cap")

    def on(self, day: date) -> Decimal:
        """The rate that holds on `day`; ValueError before the first reset or fixing."""
        looked_at = day if self.resets is None else _last(self.resets, day)
        days = [since for since, _ in self.fixings]
        index = dict(self.fixings)[_last(days, looked_at)]
        rate = index + self.spread
        if self.floor is not None:
            rate = max(rate, self.floor)
        return rate if self.cap is None else min(rate, self.cap)

    def steps(self, start: date, end: date) -> list[tuple[date, date, Decimal]]:
        """The pieces (from, to, rate) of the period `start` to `end` in which the rate is one."""
        changes = [day for day, _ in self.fixings] if self.resets is None else self.resets
        cuts = [start, *(day for day in changes if start < day < end), end]
        pieces: list[tuple[date, date, Decimal]] = []
        for since, until in pairwise(cuts):
            rate = self.on(since)
            if pieces and pieces[-1][2] == rate:
                pieces[-1] = (pieces[-1][0], until, rate)
            else:
                pieces.append((since, until, rate))
        return pieces


type Rates = Decimal | RateTable


def steps_of(rates: Rates, start: date, end: date) -> list[tuple[date, date, Decimal]]:
    """The pieces (from, to, rate) of a period in which the rate is one; a plain rate has one."""
    return rates.steps(start, end) if isinstance(rates, RateTable) else [(start, end, rates)]


def reset_days(start: date, end: date, months: int) -> tuple[date, ...]:
    """The first day of a loan and every `months` months after it, before `end`."""
    days, count = [start], 1
    while (day := add_months(start, months * count)) < end:
        days.append(day)
        count += 1
    return tuple(days)


def _last(days: Sequence[date], day: date) -> date:
    found = bisect_right(days, day)
    if not found:
        raise ValueError(f"no rate is known for {day}")
    return days[found - 1]
