"""Trial balances: every book's two sides, and the chart of accounts over all books."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from heliu.capital.books.chart import Code, plain
from heliu.kernel.money import CURRENCY
from heliu.portal.operator.pages import listed, page_in, skipped
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.trade import oversight
from heliu.trade.oversight import CodeSum

ROWS = 50
CHART = [str(code) for code in Code]


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Books out of balance first; sums only, never a single deal."""
    actor, number = actor_of(request), page_in(request)
    found, total = oversight.books(actor, most=ROWS, skipped=skipped(number, ROWS))
    names = oversight.names(actor, (book.org for book in found))
    codes = sorted(oversight.codes(actor), key=_place)
    ours = [one for one in codes if one.currency == CURRENCY]
    closed = oversight.closed_to(actor, (book.org for book in found))
    context = {
        "rows": [(book, names.get(book.org), closed.get(book.org)) for book in found],
        "pager": listed(number, ROWS, len(found), total),
        "codes": codes,
        "debit": sum(one.debit for one in ours),
        "credit": sum(one.credit for one in ours),
        "total": total,
    }
    return show(request, "operator/books.html", context, here="operator_books")


def _place(one: CodeSum) -> tuple[bool, str, int]:
    """Where an account stands in the chart; other currencies come after ours."""
    return one.currency != CURRENCY, one.currency, CHART.index(plain(one.code))
