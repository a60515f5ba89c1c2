"""Closing the months of a book, and opening the newest again.

What must be settled before a month may be closed crosses the rooms and is asked in `trade`; here
is what holds for every book, and what closing does: the days take no more lines, and the trial
balance is kept.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import connection

from heliu.capital.books.models import PERIOD_MOVES, Period, PeriodStatus
from heliu.capital.books.queries import month_of, next_month
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.states import move

REST = timedelta(days=2)
"""From which day after its end a month may be closed: what was under way in its last night is
written by then."""


def named(org: UUID, first: date, *, at: datetime) -> Period:
    """The month to be closed next, kept from others until the transaction ends.

    Raises `Refused` for another month than the next one, and for one that is not over.
    """
    due = next_month(org)
    if due is None:
        raise Refused("book-empty", "Nothing is in this book yet.")
    if first != due:
        raise Refused(
            "period-not-next",
            "The next month to close is %(month)s.",
            field="month",
            month=f"{due:%Y-%m}",
        )
    _, last = month_of(first)
    if last + REST > day_of(at):
        raise Refused(
            "period-not-over",
            "%(month)s can be closed from %(day)s on.",
            field="month",
            month=f"{first:%Y-%m}",
            day=(last + REST).isoformat(),
        )
    found, _ = Period.objects.get_or_create(
        org=org, first=first, status=PeriodStatus.OPEN, defaults={"last": last}
    )
    return locked(found.pk)


def locked(period_id: UUID) -> Period:
    """The period, kept from others until the transaction ends."""
    found = Period.objects.select_for_update().filter(pk=period_id).first()
    if found is None:
        raise NotFound()
    return found


def close(period: Period, *, actor: Actor, at: datetime) -> Period:
    """The days of the locked period take no more lines, and its trial balance is kept."""
    move(
        period,
        PeriodStatus.CLOSED,
        moves=PERIOD_MOVES,
        closed_at=at,
        closed_by_name=actor.name,
    )
    # After the row: from then on nothing comes in any more.
    with connection.cursor() as cursor:
        cursor.execute(_trial(), [period.pk])
    return period


def require_newest(period: Period) -> None:
    """Raises `Refused` unless it is the newest closed period of its book."""
    later = Period.objects.filter(
        org=period.org, status=PeriodStatus.CLOSED, first__gt=period.first
    )
    if period.status != PeriodStatus.CLOSED or later.exists():
        raise Refused(
            "period-not-newest",
            "Only the month that was closed last can be opened again.",
            help="Open the later months again first.",
        )


def reopen(period: Period, *, actor: Actor, reason: str, at: datetime) -> Period:
    """The days of the locked period take lines again; its trial balance stays as it was kept."""
    require_newest(period)
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    move(
        period,
        PeriodStatus.REOPENED,
        moves=PERIOD_MOVES,
        reopened_at=at,
        reopened_by_name=actor.name,
        reason=reason.strip()[:300],
    )
    return period


@cache
def _trial() -> str:
    return (Path(__file__).parent / "sql" / "trial.sql").read_text()
