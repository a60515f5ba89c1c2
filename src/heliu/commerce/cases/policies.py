"""Pure decisions: the hours of a service level, and what a message makes of a case."""

from __future__ import annotations

from datetime import datetime, timedelta

ANSWER_HOURS, SOLVE_HOURS = 24, 120
"""What holds for a seller that has set nothing."""
MOST_HOURS = 2_160
QUIET_DAYS, MOST_QUIET = 14, 365
"""After so many days without a word a case closes by itself, where a seller has set nothing."""


SOON = 4
"""A promise is near when a quarter of its time is left."""


def reminder(at: datetime, due: datetime) -> datetime | None:
    """When to remind of a promise that was made, or became the next, at a moment; None where it is
    broken by then."""
    return due - (due - at) / SOON if at < due else None


def due(opened_at: datetime, hours: int) -> datetime:
    """By when something is promised."""
    return opened_at + timedelta(hours=hours)


def after_message(status: str, *, by_seller: bool, is_quiet: bool = False) -> str:
    """Where a case stands once somebody wrote: it is the other side's turn.

    What is solved or closed stays so: a word of thanks opens nothing; but one that closed by itself
    (`is_quiet`) was not over for whoever answers now. What nobody has answered stays open when the
    customer adds something.
    """
    if status == "CLOSED" and is_quiet and not by_seller:
        return "REOPENED"
    if status in ("SOLVED", "CLOSED"):
        return status
    if by_seller:
        return "WAITS_BUYER"
    return "WAITS_SELLER" if status == "WAITS_BUYER" else status
