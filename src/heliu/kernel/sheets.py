"""Sheets of rows on their way in: kept as they came, read chunk by chunk by the worker, each row
taken or left out with the refusal it met.

Where the file lies and how far it is read is the spool's (`kernel/spool.py`); what a row means is
its room's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext

from heliu.kernel.errors import Invalid, Refused, filled
from heliu.kernel.spool import Import, ImportState
from heliu.kernel.tables import cells_of, unmarked
from heliu.kernel.workbooks import Unreadable

type Numbered = tuple[int, list[str]]
type Bad = tuple[int, list[str], Refused]


class BadRow(models.Model):
    """A row that was left out: where, by which refusal, and its cells as they were."""

    line = models.IntegerField()
    reason = models.CharField(max_length=40)
    message = models.TextField(blank=True)
    places = models.JSONField(default=dict)
    cells = models.JSONField(default=list)

    class Meta:
        abstract = True

    @property
    def words(self) -> str:
        """Why it was left out, in the reader's language."""
        return filled(gettext(self.message), self.places) if self.message else self.reason


def rows_of(content: bytes, *, most: int) -> list[list[str]]:
    """The rows of a sheet that somebody brought, the head first, without empty columns behind it.

    Raises `Invalid` for what is no sheet (sheet-unreadable) and for more than `most` rows
    (sheet-too-long).
    """
    try:
        rows = [[unmarked(cell) for cell in row] for row in cells_of(content)]
    except Unreadable:
        raise Invalid(
            "sheet-unreadable",
            "This file is no sheet that can be read.",
            field="file",
            help="Save it as .xlsx or .csv and load it again.",
        ) from None
    head = rows[0] if rows else []
    while head and not head[-1]:
        head.pop()
    if len(rows) > most + 1:
        raise Invalid(
            "sheet-too-long", "A sheet has %(most)s rows at most.", field="file", most=most
        )
    return rows or [[]]


def lines_of(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The rows as they are kept until they are read: one line each."""
    return (json.dumps(row).encode() + b"\n" for row in rows)


def read_chunk(
    found: Import,
    place: Path,
    size: int,
    take: Callable[[list[str], list[Numbered]], list[Bad]],
    at: datetime,
) -> list[dict[str, Any]]:
    """Read the next `size` rows of a kept sheet. `take` is given its head and the rows that are not
    empty, and says which are bad; they come back as fields of a `BadRow`."""
    with place.open("rb") as file:
        head = json.loads(file.readline())
        start = max(found.offset, file.tell())
        file.seek(start)
        raw = list(islice(iter(file.readline, b""), size))
    rows = [(found.line + n, json.loads(one)) for n, one in enumerate(raw, 1)]
    filled_ones = [(line, cells) for line, cells in rows if any(cells)]
    bad = take(head, filled_ones)
    found.line += len(raw)
    found.offset = start + sum(map(len, raw))
    found.bad += len(bad)
    found.taken += len(filled_ones) - len(bad)
    if found.offset >= found.size or not raw:
        found.state, found.done_at = ImportState.READ, at
    return [_left_out(line, cells, refusal) for line, cells, refusal in bad]


def taken(
    rows: Sequence[Numbered],
    write: Callable[[Sequence[Numbered]], None],
    *,
    is_trial: bool = False,
) -> list[Bad]:
    """Write rows by the same operations as pages do. Where they are refused they are halved until
    those that are bad stand alone: the good ones are in. Those that are left out, with the refusal.
    """
    if not rows:
        return []
    try:
        with transaction.atomic():
            write(rows)
            if is_trial:
                transaction.set_rollback(True)
    except Refused as refusal:
        if len(rows) == 1:
            return [(*rows[0], refusal)]
        half = len(rows) // 2
        return [
            bad
            for part in (rows[:half], rows[half:])
            for bad in taken(part, write, is_trial=is_trial)
        ]
    return []


def _left_out(line: int, cells: list[str], refusal: Refused) -> dict[str, Any]:
    return {
        "line": line,
        "reason": refusal.code[:40],
        "message": refusal.message,
        "places": {name: str(value) for name, value in refusal.params.items()},
        "cells": cells,
    }
