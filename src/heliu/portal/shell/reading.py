"""Sheets that are being read: how far they are, what was left out, what is taken away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from heliu.portal.ui.sheets import Column, Row, Sheet, taken_away

SHOWN = 50
EVERY = 2  # seconds between two looks at a sheet that is being read


def about(found: Any) -> dict[str, Any]:
    """What a page tells of a sheet that was brought; `is_open` while it is read."""
    bad = list(found.bad_rows.order_by("line")[:SHOWN])
    return {
        "file": found,
        "bad": [(row.line, row.words, " | ".join(row.cells)) for row in bad],
        "more": found.bad - len(bad),
        "is_open": found.state == "READING",
    }


def looking_again(answer: HttpResponse, found: Any) -> HttpResponse:
    """A page of a sheet, which looks again by itself while the sheet is read."""
    if found.state == "READING":
        answer["Refresh"] = str(EVERY)
    return answer


def left_out(found: Any, form: str) -> HttpResponse:
    """The rows that were left out, as they were, each with its line and reason in front."""
    bad = list(found.bad_rows.order_by("line"))
    width = max((len(row.cells) for row in bad), default=0)
    head = [_("Line"), _("Reason"), *[""] * width]
    return as_sheet(head, ([str(row.line), row.words, *row.cells] for row in bad), "left-out", form)


def as_sheet(
    head: Iterable[str], rows: Iterable[Iterable[str]], name: str, form: str
) -> HttpResponse:
    """Rows of texts as a file; what a row is too short for is empty."""
    labels = tuple(Column(label) for label in head)
    full = [Row(tuple([*row, *[""] * len(labels)][: len(labels)])) for row in map(list, rows)]
    return taken_away([Sheet(name, labels, full)], name, "csv" if form == "csv" else "xlsx")
