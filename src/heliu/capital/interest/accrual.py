"""Simple interest by the day, exact until it is posted.

I = P × r × share of a year / 100, kept as a Fraction. What is posted is always
round(cumulative) − already posted, so the parts sum to the rounded whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from heliu.capital.interest.days import Convention, day_count
from heliu.capital.interest.rates import Rates, steps_of
from heliu.capital.interest.rounding import Rounding, to_minor


@dataclass(frozen=True)
class Segment:
    """A stretch of days, `start` counted and `end` not, with one balance and one rate.

    `principal` in minor units, never negative; `rate` in per cent a year. Under the 30/360 family a
    segment is also a calculation period: cutting a period in two may change its days.
    """

    start: date
    end: date
    principal: int
    rate: Decimal

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a segment cannot end ({self.end}) before it starts ({self.start})")
        if self.principal < 0:
            raise ValueError("interest is reckoned on money owed, not on a negative balance")

    def until(self, day: date) -> Segment | None:
        """The part before `day`; None when there is none."""
        if day <= self.start:
            return None
        return Segment(self.start, min(self.end, day), self.principal, self.rate)

    def since(self, day: date) -> Segment | None:
        """The part from `day` on; None when there is none."""
        if day >= self.end:
            return None
        return Segment(max(self.start, day), self.end, self.principal, self.rate)


def exact(
    segments: Sequence[Segment], convention: Convention | str, *, termination: date | None = None
) -> Fraction:
    """The exact interest of all segments together, in minor units."""
    whole = Fraction(0)
    for part in segments:
        numerator, denominator = part.rate.as_integer_ratio()
        share = day_count(convention, part.start, part.end, termination=termination)
        whole += Fraction(
            numerator * part.principal * share.numerator, denominator * share.denominator * 100
        )
    return whole


def accrued(
    segments: Sequence[Segment],
    convention: Convention | str,
    rounding: Rounding = Rounding.HALF_UP,
    *,
    until: date | None = None,
    termination: date | None = None,
) -> int:
    """The interest of all segments (up to `until`), rounded once, in minor units."""
    parts = segments if until is None else cut(segments, until)
    return to_minor(exact(parts, convention, termination=termination), rounding)


def interest(
    principal: int,
    rate: Decimal,
    start: date,
    end: date,
    convention: Convention | str,
    rounding: Rounding = Rounding.HALF_UP,
    *,
    termination: date | None = None,
) -> int:
    """Simple interest on one balance at one rate, in minor units.

    1,000,000.00 at 6 % for 90 days under ACT/360 is 15,000.00.
    """
    return accrued(
        [Segment(start, end, principal, rate)], convention, rounding, termination=termination
    )


def daily(
    segments: Sequence[Segment],
    convention: Convention | str,
    rounding: Rounding = Rounding.HALF_UP,
    *,
    already_posted: int = 0,
    termination: date | None = None,
) -> Iterator[tuple[date, int]]:
    """What to post at the close of each day so that the sum is always the rounded whole.

    Yields (day, amount) from the first segment's first day to the last day counted. The first
    amount also makes good any difference to `already_posted`, the sum posted before for these
    segments. The amounts are never negative when nothing was posted before.
    """
    done, posted = Fraction(0), already_posted
    for segment in segments:
        day = segment.start
        while day < segment.end:
            day += timedelta(days=1)
            part = segment.until(day)
            assert part is not None
            reached = done + exact([part], convention, termination=termination)
            amount = to_minor(reached, rounding) - posted
            posted += amount
            yield day - timedelta(days=1), amount
        done += exact([segment], convention, termination=termination)


def segments_of(balances: Sequence[tuple[date, int]], rates: Rates, end: date) -> list[Segment]:
    """Segments from balance changes and a rate table.

    `balances`: (from this day, balance in minor units), oldest first; a balance holds until the
    next. A change on the day of an event counts from that day on. Pieces without a balance are
    left out.
    """
    segments = []
    days = [day for day, _ in balances]
    if days != sorted(set(days)):
        raise ValueError("balances are needed once for each day of change, oldest first")
    for (start, balance), stop in zip(balances, [*days[1:], end], strict=True):
        if balance and start < min(stop, end):
            for since, until, rate in steps_of(rates, start, min(stop, end)):
                segments.append(Segment(since, until, balance, rate))
    return segments


def cut(segments: Sequence[Segment], until: date) -> list[Segment]:
    """The segments as far as `until`."""
    return [part for segment in segments if (part := segment.until(until)) is not None]
