"""Whom facts concern, noted after they were written: nothing of it is on the way of an order."""

from __future__ import annotations

from itertools import count

from django.db import connection, transaction

AT_ONCE = 50_000  # facts


def note(*, most: int = AT_ONCE) -> int:
    """Note whom all facts concern whose transactions are over; for the worker. Returns how many
    sets of about `most` it took."""
    for sets in count(1):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select events_note_concerns(%s)", [most])
            (is_more,) = cursor.fetchone()
        if not is_more:
            return sets
    raise AssertionError("it goes on until there is no more")
