"""Lots and serial numbers: as they are scanned into a field, and their history."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from heliu.kernel.errors import Invalid
from heliu.logistics.stock.policies import Marked
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.trade import tracing

BETWEEN = re.compile(r"[\s,;，；]+")
MOST_DIGITS = 9


def marks_typed(text: str, tracking: str, *, whole: int, field: str) -> tuple[Marked, ...]:
    """What was scanned or typed: a serial number each, or a lot on each line with its pieces and
    its last day (`L7 120 2027-05-31`). A single lot without pieces is all of them (`whole`)."""
    if tracking == "SERIAL":
        return tuple(Marked(code) for code in BETWEEN.split(text.strip()) if code)
    lines = [
        [part for part in BETWEEN.split(line.strip()) if part]
        for line in text.splitlines()
        if line.strip()
    ]
    return tuple(_lot(parts, whole if len(lines) == 1 else 0, field) for parts in lines)


def _lot(parts: list[str], whole: int, field: str) -> Marked:
    code, *said = parts
    day = _day(said[-1]) if said else None
    pieces = said[: -1 if day else None]
    if not pieces and whole:
        return Marked(code, whole, day)
    if len(pieces) != 1 or not pieces[0].isdecimal() or len(pieces[0]) > MOST_DIGITS:
        raise Invalid(
            "lot-unreadable",
            "A lot is its number, its pieces and, if it has one, its last day: L7 120 2027-05-31.",
            field=field,
        )
    return Marked(code, int(pieces[0]), day)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@require_GET
@desk_page
def traces(request: HttpRequest) -> HttpResponse:
    """A lot or serial number that is asked for, with all that the reader may know of it."""
    actor = actor_of(request)
    asked, chosen = request.GET.get("q", "").strip()[:40], request.GET.get("of", "")
    found = tracing.find(actor, asked) if asked and "\x00" not in asked else []
    mark = next((one for one in found if str(one.pk) == chosen), found[0] if found else None)
    context: dict[str, Any] = {
        "asked": asked,
        "others": [
            (one, f"?{urlencode({'q': asked, 'of': one.pk})}") for one in found if one != mark
        ],
        "told": tracing.history(actor, mark) if mark else None,
    }
    return show(request, "shell/traces.html", context, here="traces")
