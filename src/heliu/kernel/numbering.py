"""Document numbers people read: SO-2611-000123. From sequences, so gaps are allowed."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.db import connection

from heliu.kernel.clock import ZONE

# kind: what it numbers. A migration of kernel.events, or of its own room, makes its sequence.
KINDS = {
    "SO": "order",
    "DL": "deal",
    "LN": "loan",
    "PY": "payment instruction",
    "SH": "shipment",
    "WR": "warehouse receipt",
    "PL": "pledge",
    "RO": "release order",
    "PN": "pick-up notice",
    "CA": "credit assessment",
    "CF": "credit facility",
    "SL": "sale of pledged goods",
    "IV": "invoice on terms",
    "TP": "payment on terms",
    "PR": "purchase request",
    "CS": "case",
    "RT": "return",
    "QT": "quote",
    "MC": "margin call",
    "FZ": "freeze of an account",
}


def next_number(kind: str, at: datetime) -> str:
    """The next number of a kind, with the year and month it was given in."""
    return next_numbers(kind, 1, at)[0]


def next_numbers(kind: str, count: int, at: datetime) -> list[str]:
    """Several numbers in one statement."""
    if kind not in KINDS:
        raise KeyError(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(%s::regclass) from generate_series(1, %s)",
            [f"number_{kind.lower()}", count],
        )
        return [number_of(kind, value, at) for (value,) in cursor.fetchall()]


def number_of(kind: str, value: int, at: datetime) -> str:
    """A number of a kind as people read it, from what its sequence gave."""
    return f"{kind}-{_month(at)}-{value:06d}"


@lru_cache(maxsize=64)
def _month(at: datetime) -> str:
    """Year and month; the same moment is asked for with all that happens in it."""
    return f"{at.astimezone(ZONE):%y%m}"
