"""The bank's own book: its trial balance at the end of any day, and the lines of an account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code, label
from heliu.capital.books.queries import TrialRow
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.portal.bank.loans import numbers_of
from heliu.portal.bank.reports.pages import tabs
from heliu.portal.bank.reports.record import Houses, short
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui.charts import Chart
from heliu.portal.ui.formats import money_text
from heliu.portal.ui.report_charts import Bar, sides
from heliu.portal.ui.sheets import FORMS, Column, Row, Sheet, taken_away

MOST_OTHERS = 200
MOST_LINES = 200
CHART = [str(code) for code in Code]


@require_GET
@desk_page
def trial(request: HttpRequest) -> HttpResponse:
    """Debits and credits per account of the chart, now or at the end of a day; one is opened."""
    actor, today = actor_of(request), day_of(now(request))
    on = _day(request.GET.get("on", ""))
    rows = sorted(books.trial_balance(actor, on=on), key=place_of)
    form = request.GET.get("as", "")
    if form in FORMS:
        return taken_away([_file_sheet(rows)], f"trial-balance-{(on or today).isoformat()}", form)
    opened = request.GET.get("code", "")
    details = [row for row in rows if row.code == opened]
    party = _party(request.GET.get("party", ""))
    is_read = bool(details) and (party is not None or all(row.other is None for row in details))
    context = {
        "today": today,
        "on": on,
        "tabs": tabs(on or today, "books"),
        "chart": _chart([row for row in rows if not row.is_memo]),
        "sheets": [
            _sheet(_("Balance sheet and income"), [row for row in rows if not row.is_memo]),
            _sheet(_("Off the balance sheet"), [row for row in rows if row.is_memo]),
        ],
        "opened": details[0].label if details else "",
        "details": _by_party(details[:MOST_OTHERS], on) if not is_read else [],
        "lines": _lines(actor, opened, party, on or today) if is_read else [],
        "party": names([party]).get(party) if is_read and party else None,
        "query": urlencode({"on": on.isoformat()} if on else {}),
    }
    return show(request, "bank/books.html", context, here="bank_books")


def _sheet(title: str, rows: list[TrialRow]) -> dict[str, Any]:
    """One code per line, both sides summed over all counterparties."""
    lines: list[dict[str, Any]] = [
        {
            "code": code,
            "label": label(code),
            "others": sum(row.other is not None for row in found),
            "debit": sum(row.debit for row in found),
            "credit": sum(row.credit for row in found),
        }
        for code, found in _by_code(rows)
    ]
    debit, credit = (sum(line[side] for line in lines) for side in ("debit", "credit"))
    return {
        "title": title,
        "lines": lines,
        "debit": debit,
        "credit": credit,
        "is_balanced": debit == credit,
    }


def _by_code(rows: Iterable[TrialRow]) -> list[tuple[str, list[TrialRow]]]:
    return [(code, list(group)) for code, group in groupby(rows, key=lambda row: row.code)]


def place_of(row: TrialRow) -> int:
    """Where an account stands in the chart."""
    return CHART.index(row.code)


def _chart(rows: list[TrialRow]) -> Chart | None:
    """What stands on each account of the balance sheet and income, debits to the right."""
    found = [
        (label(code), sum(row.debit - row.credit for row in group))
        for code, group in _by_code(rows)
    ]
    drawn = [(name, minor) for name, minor in found if minor]
    if not drawn:
        return None
    return sides(
        [
            Bar(name, minor, short(abs(minor)), paint="capital" if minor > 0 else "act")
            for name, minor in drawn
        ],
        label=_("Debits and credits are %(sum)s each.")
        % {"sum": money_text(sum(minor for _name, minor in drawn if minor > 0))},
        head=(_("Account"), _("Debit"), _("Credit")),
        rows=[
            (name, money_text(max(minor, 0)), money_text(max(-minor, 0))) for name, minor in drawn
        ],
    )


def _by_party(rows: list[TrialRow], on: date | None) -> list[dict[str, Any]]:
    houses = names(row.other for row in rows)
    asked = {"on": on.isoformat()} if on else {}
    return [
        {
            "name": _named(houses, row.other),
            "href": "?" + urlencode({**asked, "code": row.code, "party": str(row.other)}),
            "debit": row.debit,
            "credit": row.credit,
        }
        for row in rows
    ]


def _lines(actor: Actor, code: str, party: UUID | None, on: date) -> list[dict[str, Any]]:
    """The newest lines of an account, each with the deal it was for."""
    found = books.lines_on(actor, code, party, on, limit=MOST_LINES)
    numbers = numbers_of(actor, (deal for line in found if (deal := _party(line.ref))))
    rows = []
    for line in found:
        number = numbers.get(deal) if (deal := _party(line.ref)) else None
        rows.append(
            {
                "line": line,
                "number": number,
                "href": reverse("deal", args=[number]) if number else "",
                "debit": max(line.amount, 0),
                "credit": max(-line.amount, 0),
            }
        )
    return rows


def _file_sheet(rows: Sequence[TrialRow]) -> Sheet:
    """Each account with each counterparty, for a file."""
    houses = names(row.other for row in rows)
    return Sheet(
        _("Trial balance"),
        (
            Column(_("Account")),
            Column(_("Party")),
            Column(_("Debit"), "money"),
            Column(_("Credit"), "money"),
        ),
        [Row((row.label, _named(houses, row.other), row.debit, row.credit)) for row in rows],
        (_("Total"), "", sum(row.debit for row in rows), sum(row.credit for row in rows)),
    )


def _named(houses: Houses, other: UUID | None) -> str:
    return str(houses[other].short) if other in houses else _("all parties")


def _party(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
