"""Day-count conventions: how much of a year lies between two days. The first day counts, the
last does not."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from holidays import country_holidays

CALENDAR = country_holidays("CN")
"""The State Council's days off, and the weekend days that are worked in exchange. Of a year whose
notice is not yet out it knows the statutory days only; the library brings each notice."""


class Convention(StrEnum):
    """How days become a share of a year. The value is what a contract and a table show.

    Definitions: 2006 ISDA Definitions, section 4.16 (b), (d), (e), (f), (g), (h).
    """

    ACT_360 = "ACT/360"
    ACT_365F = "ACT/365F"
    ACT_ACT_ISDA = "ACT/ACT ISDA"
    THIRTY_360 = "30/360"
    THIRTY_E_360 = "30E/360"
    THIRTY_E_360_ISDA = "30E/360 ISDA"


def is_working_day(day: date) -> bool:
    """Whether banks pay and clear on this day, by the calendar of the chain's country."""
    return CALENDAR.is_working_day(day)


def following(day: date) -> date:
    """The day itself, or the next working day after days off: the "following" convention of the
    2006 ISDA Definitions, section 4.12."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_day_after(day: date, count: int) -> date:
    """The working day that comes so many of them after a day; the day itself does not count."""
    for _ in range(count):
        day = following(day + timedelta(days=1))
    return day


def day_count(
    convention: Convention | str, start: date, end: date, *, termination: date | None = None
) -> Fraction:
    """The exact share of a year from `start` (counted) to `end` (not counted).

    `termination` is the day the whole contract ends; only 30E/360 ISDA asks for it: a period that
    ends there on the last of February keeps its 28 or 29. ValueError when `end` lies before
    `start` or the convention is unknown.
    """
    convention = Convention(convention)
    if end < start:
        raise ValueError(f"a period cannot end ({end}) before it starts ({start})")
    if convention is Convention.ACT_360:
        return Fraction((end - start).days, 360)
    if convention is Convention.ACT_365F:
        return Fraction((end - start).days, 365)
    if convention is Convention.ACT_ACT_ISDA:
        return _actual_actual(start, end)
    return Fraction(_thirty_days(convention, start, end, termination), 360)


def _actual_actual(start: date, end: date) -> Fraction:
    """ISDA 2006 4.16(b): days in leap years over 366 plus the other days over 365."""
    share, day = Fraction(0), start
    while day < end:
        stop = end if day.year == end.year else date(day.year + 1, 1, 1)
        share += Fraction((stop - day).days, 366 if isleap(day.year) else 365)
        day = stop
    return share


def _thirty_days(convention: Convention, start: date, end: date, termination: date | None) -> int:
    """Days in a year of twelve months of thirty days; ISDA 2006 4.16(f), (g), (h)."""
    if start == end:
        return 0
    first, last = start.day, end.day
    if convention is Convention.THIRTY_360:
        first = min(first, 30)
        last = 30 if last == 31 and first == 30 else last
    elif convention is Convention.THIRTY_E_360:
        first, last = min(first, 30), min(last, 30)
    else:
        first = 30 if is_month_end(start) else first
        keeps_february = end.month == 2 and end == termination
        last = 30 if is_month_end(end) and not keeps_february else last
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first


def is_month_end(day: date) -> bool:
    """Whether the next day is in another month."""
    return (day + timedelta(days=1)).month != day.month


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
