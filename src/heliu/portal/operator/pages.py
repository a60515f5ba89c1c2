"""Pages of lists that the database hands out piece by piece, with a count beside them."""

from __future__ import annotations

from django.http import HttpRequest

from heliu.portal.ui.parts import EXACT_UP_TO, Pager

MOST_PAGES = 100_000


def page_in(request: HttpRequest) -> int:
    """The number of the page that is asked for, from 1."""
    text = request.GET.get("page", "")
    return min(max(1, int(text)), MOST_PAGES) if text.isdecimal() else 1


def skipped(number: int, size: int) -> int:
    """How many rows lie before a page."""
    return (number - 1) * size


def listed(number: int, size: int, shown: int, total: int, query: str = "") -> Pager:
    """The pager of a page that shows so many of all rows."""
    before = skipped(number, size)
    lead = f"?{query}&page=" if query else "?page="
    return Pager(
        first=before + 1 if shown else 0,
        last=before + shown,
        total=min(total, EXACT_UP_TO),
        more=total > EXACT_UP_TO,
        previous_href=f"{lead}{number - 1}" if number > 1 else "",
        next_href=f"{lead}{number + 1}" if before + shown < total else "",
    )
