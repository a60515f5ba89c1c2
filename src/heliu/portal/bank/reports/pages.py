"""The reports as pages and as sheets to take away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from heliu.kernel.clock import day_of
from heliu.portal.bank.reports import ageing, cover, exposure, limits, vintages
from heliu.portal.bank.reports.record import Asked, Build, Report
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui import parts
from heliu.portal.ui.sheets import FORMS, Sheet, taken_away

ROWS = 50
REPORTS: dict[str, tuple[str, Build]] = {
    "ageing": (N_("Ageing"), ageing.report),
    "exposure": (N_("Exposure"), exposure.report),
    "cover": (N_("Cover"), cover.report),
    "vintages": (N_("Vintages"), vintages.report),
    "limits": (N_("Limit use"), limits.report),
}


def page_of(key: str) -> Callable[..., HttpResponse]:
    """The page of a report; with ``as=xlsx`` or ``as=csv`` the same as a file."""
    build = REPORTS[key][1]

    @require_GET
    @desk_page
    def view(request: HttpRequest) -> HttpResponse:
        asked = _asked(request)
        report = build(asked)
        form = request.GET.get("as", "")
        if form in FORMS:
            return taken_away(report.sheets, f"{key}-{asked.on.isoformat()}", form)
        return show(
            request, "bank/report.html", _context(request, key, report, asked), here="bank_reports"
        )

    return view


def urls() -> list[URLPattern]:
    """An address for each report; the first is also where the rail leads."""
    first, *rest = REPORTS
    return [
        path("bank/reports", page_of(first), name="bank_reports"),
        *(path(f"bank/reports/{key}", page_of(key), name=f"bank_report_{key}") for key in rest),
    ]


def address_of(key: str) -> str:
    """Where a report stands."""
    return reverse("bank_reports" if key == next(iter(REPORTS)) else f"bank_report_{key}")


def _asked(request: HttpRequest) -> Asked:
    """For the end of the day that is asked, today unless it is over; what is no day is today."""
    at = now(request)
    today = day_of(at)
    try:
        on = min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        on = today
    past = request.GET.get("past", "")
    return Asked(
        actor_of(request),
        max(on, date(2000, 1, 1)),
        at,
        int(past) if past.isdecimal() and int(past) in vintages.PAST else vintages.PAST[0],
    )


def _context(request: HttpRequest, key: str, report: Report, asked: Asked) -> dict[str, Any]:
    kept = {"on": asked.on.isoformat()}
    if report.chips:
        kept["past"] = str(asked.past)
    query = urlencode(kept)
    return {
        "report": report,
        "asked": asked,
        "today": day_of(asked.at),
        "tabs": tabs(asked.on, key),
        "tables": [
            table_of(request, sheet, place, query) for place, sheet in enumerate(report.sheets)
        ],
        "query": query,
    }


def tabs(on: date, here: str) -> list[parts.Chip]:
    """The ways to the other reports, for the same day."""
    asked = urlencode({"on": on.isoformat()})
    return [
        parts.Chip(_("Trial balance"), f"{reverse('bank_books')}?{asked}", on=here == "books"),
        *(
            parts.Chip(_(label), f"{address_of(key)}?{asked}", on=here == key)
            for key, (label, _build) in REPORTS.items()
        ),
    ]


def table_of(request: HttpRequest, sheet: Sheet, place: int, query: str) -> dict[str, Any]:
    """One page of a table; only the first turns its pages, the others show their beginning."""
    leaves = Paginator(sheet.rows, ROWS)
    page = leaves.get_page(request.GET.get("page") if place == 0 else 1)
    return {
        "sheet": sheet,
        "rows": [
            {"href": row.href, "cells": list(zip(row.cells, sheet.columns, strict=True))}
            for row in page
        ],
        "total": list(zip(sheet.total, sheet.columns, strict=True)) if sheet.total else [],
        "pager": parts.pager(page, query) if place == 0 and leaves.num_pages > 1 else None,
    }
