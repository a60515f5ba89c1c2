"""What a search means and how long a registration runs. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from heliu.capital.registry.port import Entry

# An answer older than this is no ground to pay out on: others register too.
FRESH = timedelta(days=1)
# So long before the end a registration is renewed at the earliest, when its deal is still open.
AHEAD = timedelta(days=30)


def conflicts(
    found: Iterable[Entry], *, lender: str, goods: Collection[str], lot: str, on: date
) -> list[Entry]:
    """The entries under which another lender may lay hands on these goods.

    An entry stands against us when it is live, another's, names these kinds of goods (or all
    movables), and does not name other goods among them by their document.
    """
    return [
        entry
        for entry in found
        if entry.secured != lender
        and entry.expires_on >= on
        and (not entry.goods or set(entry.goods) & set(goods))
        and entry.lot in ("", lot)
    ]


def is_fresh(answered_at: datetime, at: datetime) -> bool:
    """Whether a search may still be gone by."""
    return at - answered_at <= FRESH


def lead(months: int) -> timedelta:
    """So long before its end a registration for so many months is renewed, while its deal is open:
    a third of its term, and AHEAD at most."""
    return min(AHEAD, timedelta(days=10 * months))


def months_after(day: date, months: int) -> date:
    """The same day some months on, or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def kept(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Entries as a filing keeps them."""
    return [
        asdict(entry)
        | {
            "goods": list(entry.goods),
            "registered_on": entry.registered_on.isoformat(),
            "expires_on": entry.expires_on.isoformat(),
        }
        for entry in entries
    ]


def read(rows: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Entries as they were kept."""
    return [
        Entry(
            **{
                **row,
                "goods": tuple(row["goods"]),
                "registered_on": date.fromisoformat(row["registered_on"]),
                "expires_on": date.fromisoformat(row["expires_on"]),
            }
        )
        for row in rows
    ]
