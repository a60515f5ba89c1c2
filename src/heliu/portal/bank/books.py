"""The bank's own book: its trial balance, and the lines of an account."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code
from heliu.capital.books.queries import TrialRow
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.portal.shell.pages import actor_of, desk_page, now, show

MOST_OTHERS = 200
CHART = [str(code) for code in Code]


@require_GET
@desk_page
def trial(request: HttpRequest) -> HttpResponse:
    """Debits and credits per account of the chart, now or at the end of a day; one is opened."""
    actor, today = actor_of(request), day_of(now(request))
    on = _day(request.GET.get("on", ""))
    rows = books.trial_balance(actor, on=on)
    opened = request.GET.get("code", "")
    details = [row for row in rows if row.code == opened]
    context = {
        "today": today,
        "on": on,
        "sheets": [
            _sheet(_("Balance sheet and income"), [row for row in rows if not row.is_memo]),
            _sheet(_("Off the balance sheet"), [row for row in rows if row.is_memo]),
        ],
        "opened": details[0].label if details else "",
        "details": _by_party(details[:MOST_OTHERS]),
    }
    return show(request, "bank/books.html", context, here="bank_books")


def _sheet(title: str, rows: list[TrialRow]) -> dict[str, Any]:
    """One code per line, both sides summed over all counterparties."""
    lines = []
    for code, group in groupby(sorted(rows, key=place_of), key=lambda row: row.code):
        found = list(group)
        lines.append(
            {
                "code": code,
                "label": found[0].label,
                "others": sum(row.other is not None for row in found),
                "debit": sum(row.debit for row in found),
                "credit": sum(row.credit for row in found),
            }
        )
    debit, credit = (sum(line[side] for line in lines) for side in ("debit", "credit"))
    return {
        "title": title,
        "lines": lines,
        "debit": debit,
        "credit": credit,
        "is_balanced": debit == credit,
    }


def place_of(row: TrialRow) -> int:
    """Where an account stands in the chart."""
    return CHART.index(row.code)


def _by_party(rows: list[TrialRow]) -> list[dict[str, Any]]:
    houses = names(row.other for row in rows)
    return [
        {
            "name": houses[row.other].short if row.other in houses else _("all parties"),
            "debit": row.debit,
            "credit": row.credit,
        }
        for row in rows
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
