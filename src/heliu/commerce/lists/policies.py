"""The days of a plan. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from heliu.commerce.lists.models import Every


def next_day(
    after: date, *, first_on: date, every: int, unit: str, last_on: date | None = None
) -> date | None:
    """The first day of the plan after this one; None when it has ended.

    Every so many weeks falls on one weekday; every so many months on one day of the month, or on
    its last where it has no such day.
    """
    span = (after - first_on).days
    # Begin at or before the day asked for, wherever it lies.
    passed = span // 7 if unit == Every.WEEK else span // 31
    n = max(0, passed // every) if span > 0 else 0
    day = _step(first_on, n * every, unit)
    while day <= after:
        n += 1
        day = _step(first_on, n * every, unit)
    return None if last_on is not None and day > last_on else day


def upcoming(
    from_day: date | None,
    *,
    first_on: date,
    every: int,
    unit: str,
    last_on: date | None,
    many: int = 3,
) -> list[date]:
    """The next days of the plan, from its day `from_day` on."""
    if from_day is None:
        return []
    found = [from_day]
    while len(found) < many:
        after = next_day(found[-1], first_on=first_on, every=every, unit=unit, last_on=last_on)
        if after is None:
            break
        found.append(after)
    return found


def _step(first: date, many: int, unit: str) -> date:
    if unit == Every.WEEK:
        return first + timedelta(weeks=many)
    months = first.year * 12 + first.month - 1 + many
    year, month = divmod(months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
