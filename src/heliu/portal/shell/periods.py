"""The months of one's own books: what keeps the next one open, closing it, and what was kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.books import periods as closing
from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code, label, plain
from heliu.kernel.approvals import queries as asked_for
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.kernel.money import CURRENCY
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.portal.ui.sheets import FORMS, Column, Row, Sheet, taken_away
from heliu.trade import closing_books

ROWS = 50
CHART = [str(code) for code in Code]


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The next month with what is open in it, and the months before; a post closes the next."""
    actor, at = actor_of(request), now(request)
    first = books.next_month(actor.own_org)

    def do() -> str:
        if first is None or request.POST.get("month") != f"{first:%Y-%m}":
            raise Invalid("month-changed", "Another month is next. Reload the page.", field="month")
        done = closing_books.close(first, actor=actor, at=at)
        return _said(request, done, _("The month is closed."))

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    found = books.periods(actor).filter(org=actor.own_org).exclude(closed_at=None)
    page = parts.Leaves(found, ROWS).get_page(request.GET.get("page"))
    last = books.month_of(first)[1] if first else None
    context = {
        "first": first,
        "last": last,
        "from_day": last + closing.REST if last else None,
        "is_over": last is not None and last + closing.REST <= day_of(at),
        "open": closing_books.what_is_open(actor, first) if first else [],
        "asked": _asked(actor, first),
        "may_close": actor.may("manage"),
        "rows": list(page),
        "pager": parts.pager(page),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/periods.html", context, here="company", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def period(request: HttpRequest, period: UUID) -> HttpResponse:
    """The trial balance as it was kept; a post opens the month again."""
    actor, at = actor_of(request), now(request)
    shown = books.period(actor, period)

    def do() -> str:
        reason = request.POST.get("reason", "")
        done = closing_books.reopen(shown.pk, reason=reason, actor=actor, at=at)
        return _said(request, done, _("The month is open again."))

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    rows = sorted(shown.rows.all(), key=_place)
    form = request.GET.get("as", "")
    if form in FORMS:
        return taken_away([_file_sheet(rows)], f"trial-balance-{shown.name}", form)
    newest = books.periods(actor).filter(org=shown.org, status="CLOSED").first()
    context = {
        "period": shown,
        "sheets": [
            *_sheets(_("Balance sheet and income"), [row for row in rows if not row.is_memo]),
            *_sheets(_("Off the balance sheet"), [row for row in rows if row.is_memo]),
        ],
        "asked": asked_for.about(actor, shown.pk),
        "may_reopen": newest == shown and actor.may("manage"),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/period.html", context, here="company", status=status)


def _said(request: HttpRequest, done: Any, words: str) -> str:
    """Where to go on, with what was done in words: the month, or the question put to the others."""
    if closing_books.is_asked(done):
        say(request, _("The others are asked for their agreement."))
        return reverse("approval", args=[done.pk])
    say(request, words)
    return reverse("period", args=[done.pk])


def _asked(actor: Any, first: Any) -> Any:
    """What waits for agreement about the next month."""
    waiting = books.periods(actor).filter(org=actor.own_org, first=first, status="OPEN").first()
    return asked_for.about(actor, waiting.pk) if waiting else None


def _place(row: Any) -> tuple[bool, str, int]:
    """Where a row stands in the chart; other currencies come after ours."""
    return row.currency != CURRENCY, row.currency, CHART.index(plain(row.code))


def _sheets(title: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """A sheet for ours, and for each other currency: no sum crosses them."""
    others = sorted({row.currency for row in rows} - {CURRENCY})
    return [
        _sheet(title, currency, [row for row in rows if row.currency == currency])
        for currency in (CURRENCY, *others)
    ]


def _sheet(title: str, currency: str, rows: Iterable[Any]) -> dict[str, Any]:
    """One code per line, over all counterparties."""
    lines = []
    for code, group in groupby(rows, key=lambda row: row.code):
        found = list(group)
        sums = {
            name: sum(getattr(row, name) for row in found)
            for name in ("opening", "debit", "credit", "closing")
        }
        lines.append({"label": label(code), **sums})
    total = {name: sum(line[name] for line in lines) for name in ("debit", "credit")}
    return {
        "title": title,
        "currency": currency,
        "lines": lines,
        **total,
        "is_balanced": total["debit"] == total["credit"],
    }


def _file_sheet(rows: Sequence[Any]) -> Sheet:
    columns = (_("Opening"), _("Debit"), _("Credit"), _("Closing"))
    return Sheet(
        _("Trial balance"),
        (Column(_("Account")), *(Column(words, "money") for words in columns)),
        [Row((row.label, row.opening, row.debit, row.credit, row.closing)) for row in rows],
    )
