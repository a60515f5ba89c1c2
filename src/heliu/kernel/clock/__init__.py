"""The product's clock: real time, in a demo moved forward. Read at the doors only."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

ZONE = ZoneInfo("Asia/Shanghai")
MINUTES = 24 * 60  # of a day
AHEAD = "select days * 1440 + minutes from clock_demo"
# A simulation puts a clock of its own here, which runs as fast as it likes.
hands: ContextVar[Callable[[], datetime] | None] = ContextVar("hands", default=None)


def now() -> datetime:
    """The present moment in UTC; in a demo plus what its clock runs ahead."""
    if own := hands.get():
        return own()
    real = datetime.now(UTC)
    return real + timedelta(minutes=minutes_ahead()) if settings.DEMO else real


def minutes_ahead() -> int:
    """By how many minutes the demo's clock runs ahead."""
    with connection.cursor() as cursor:
        cursor.execute(AHEAD)
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def wind_to(hour: time) -> None:
    """Move the demo's clock forward to the next time it strikes this hour where the chain works."""
    if not settings.DEMO:
        raise ValueError("Only a demo's clock moves.")
    local = now().astimezone(ZONE)
    ahead = datetime.combine(local, hour, ZONE) - local
    minutes = round(ahead / timedelta(minutes=1)) % MINUTES
    with connection.cursor() as cursor:
        cursor.execute(
            "update clock_demo set days = days + (minutes + %(more)s) / %(day)s,"
            " minutes = (minutes + %(more)s) %% %(day)s",
            {"more": minutes, "day": MINUTES},
        )


def advance(days: int) -> int:
    """Move the demo's clock forward; it never goes back. Returns the days it now runs ahead."""
    if not settings.DEMO or not 0 < days <= 366:
        raise ValueError("Only a demo's clock moves, and only forward by 1 to 366 days.")
    with connection.cursor() as cursor:
        cursor.execute("update clock_demo set days = days + %s returning days", [days])
        return int(cursor.fetchone()[0])


def day_of(moment: datetime) -> date:
    """The business day of a moment, in the zone where the chain works."""
    return moment.astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """The moment at which a business day begins, in the zone where the chain works."""
    return datetime.combine(day, time(), ZONE)
