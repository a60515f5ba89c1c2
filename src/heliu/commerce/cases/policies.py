"""Pure decisions: the hours of a service level, and what a message makes of a case."""

from __future__ import annotations

from datetime import datetime, timedelta

ANSWER_HOURS, SOLVE_HOURS = 24, 120
"""What holds for a seller that has set nothing."""
MOST_HOURS = 2_160


def due(opened_at: datetime, hours: int) -> datetime:
    """By when something is promised."""
    return opened_at + timedelta(hours=hours)


def after_message(status: str, *, by_seller: bool) -> str:
    """Where a case stands once somebody wrote: it is the other side's turn.

    What is solved or closed stays so: a word of thanks opens nothing. What nobody has answered
    stays open when the customer adds something.
    """
    if status in ("SOLVED", "CLOSED"):
        return status
    if by_seller:
        return "WAITS_BUYER"
    return "WAITS_SELLER" if status == "WAITS_BUYER" else status
