"""Rounds of the worker: what is due is done row by row, and one that breaks stops no other."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.db import transaction
from django.db.models import QuerySet

from heliu.kernel.errors import Refused
from heliu.kernel.jobs.models import Stuck

FIRST, LONGEST = timedelta(seconds=5), timedelta(hours=1)
"""After these a row that broke is tried again: after twice as long each time, up to the longest."""

log = structlog.get_logger("heliu.rounds")


def each(
    name: str,
    due: QuerySet[Any],
    do: Callable[[UUID], object],
    *,
    at: datetime,
    most: int = 50,
) -> int:
    """Do up to so many of what is due, by their ids, each in a transaction of its own; returns how
    many were done.

    A row that breaks is told in the log, kept for the operator (`Stuck`) and tried again later,
    whatever becomes of the others.
    """
    stuck = {one.subject: one for one in Stuck.objects.filter(round=name)}
    resting = [row for row, one in stuck.items() if one.next_try_at > at]
    rows, done = list(due.exclude(pk__in=resting).values_list("pk", flat=True)[:most]), 0
    for row in rows:
        try:
            with transaction.atomic():
                do(row)
        except Exception as error:
            _put_off(name, row, error, at)
        else:
            done += 1
            if row in stuck:
                stuck.pop(row).delete()
    for row in stuck.keys() - {*rows, *resting}:  # nothing is to be done with it any more
        stuck[row].delete()
    return done


def _put_off(name: str, row: UUID, error: Exception, at: datetime) -> None:
    """Neither the log nor the operator reads what was being handled: a message may hold it."""
    why = " < ".join(_kinds(error))[:300]
    lines = [
        f"{frame.f_code.co_filename}:{line} {frame.f_code.co_qualname}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    one, _ = Stuck.objects.get_or_create(
        round=name, subject=row, defaults={"tries": 0, "since": at, "next_try_at": at}
    )
    pause = min(FIRST * 2 ** min(one.tries, 20), LONGEST)
    one.why, one.tries, one.next_try_at = why, one.tries + 1, at + pause
    one.save()
    log.error("put off", round=name, row=str(row), tries=one.tries, why=why, lines=lines)


def _kinds(error: BaseException | None) -> Iterator[str]:
    """What kind of thing broke, and what led to it."""
    while error is not None:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        if isinstance(error, Refused):
            kind = f"{kind} ({error.code})"
        if isinstance(error, psycopg.Error):
            kind = f"{kind} ({error.sqlstate} {error.diag.constraint_name or ''})"
        yield kind
        error = error.__cause__
