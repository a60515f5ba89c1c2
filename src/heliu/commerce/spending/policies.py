"""Periods of budgets: whole months, quarters and years of the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
MOST_AMOUNT = 10**15


class Span(NamedTuple):
    """A period by its first and its last day."""

    starts: date
    ends: date


def span_of(kind: str, day: date) -> Span:
    """The period of this kind that a day lies in."""
    months = MONTHS[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = first.year * 12 + first.month - 1 + months
    return Span(first, date(after // 12, after % 12 + 1, 1) - timedelta(days=1))


def next_span(kind: str, span: Span) -> Span:
    """The period after this one."""
    return span_of(kind, span.ends + timedelta(days=1))
