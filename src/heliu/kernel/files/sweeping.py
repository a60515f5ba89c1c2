"""Bytes that no row names: their transaction was rolled back, or their write was broken off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path

from django.db import connection, transaction

from heliu.kernel.files import store
from heliu.kernel.files.models import StoredFile

LEFT_ALONE = timedelta(days=1)
AT_ONCE = 5_000
SHARED = "select pg_advisory_xact_lock_shared(hashtextextended('files', 0))"
KEPT = "select pg_advisory_lock_shared(hashtextextended('files', 0))"
LET_GO = "select pg_advisory_unlock_shared(hashtextextended('files', 0))"
ALONE = "select pg_try_advisory_xact_lock(hashtextextended('files', 0))"


def hold() -> None:
    """Until this transaction has ended nothing is swept: its bytes come before their row."""
    with connection.cursor() as cursor:
        cursor.execute(SHARED)


@contextmanager
def nothing_swept() -> Iterator[None]:
    """Whatever lies in the store now lies there to the end of the block, over many transactions."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT)
        try:
            yield
        finally:
            cursor.execute(LET_GO)


def sweep(at: datetime) -> int:
    """Throw away what has lain for a day and no row names; returns how many it were. For the
    worker, who sees all rows. What could not be swept now is the next time."""
    old = [path for path in store.all_paths() if _age(path, at) > LEFT_ALONE]
    return sum(_sweep(some) for some in batched(old, AT_ONCE, strict=False))


def _sweep(paths: Sequence[Path]) -> int:
    if not _unnamed(paths):
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ALONE)
        (is_alone,) = cursor.fetchone()
        gone = _unnamed(paths) if is_alone else []  # looked at again: nobody brings any now
        for path in gone:
            path.unlink(missing_ok=True)
    return len(gone)


def _unnamed(paths: Sequence[Path]) -> list[Path]:
    wanted = [path.name for path in paths]
    named = StoredFile.objects.filter(digest__in=wanted).values_list("digest", flat=True)
    found = set(named.distinct())
    return [path for path in paths if path.name not in found]


def _age(path: Path, at: datetime) -> timedelta:
    try:
        return at - datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # it was being written, or somebody else sweeps
        return timedelta()
