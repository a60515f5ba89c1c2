"""The bank's view of prices: what holds for goods in its pools, where it comes from, and bringing
some of its own, by hand or from a sheet."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from heliu.capital.valuation import queries
from heliu.kernel import money
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.trade import pool_prices

ROWS = 100
MOST = 2_000
MOST_BYTES = 200_000


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Prices, newest first; a post brings some: a line each, code, price, perhaps a day."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        kept = pool_prices.bring(_lines(request), actor=actor, at=at)
        words = ngettext("%(n)d price is kept.", "%(n)d prices are kept.", kept)
        say(request, words % {"n": kept})
        return reverse("bank_prices")

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    only = request.GET.get("only", "")
    everything = queries.visible_to(actor)
    shown = everything.filter(is_confirmed=False) if only == "doubted" else everything
    page = parts.Leaves(shown, ROWS).get_page(request.GET.get("page"))
    context = {
        "held": _held(actor, at),
        "chips": [
            parts.Chip(_("All"), "?", None, on=only != "doubted"),
            parts.Chip(
                _("Doubted"), "?only=doubted", everything.filter(is_confirmed=False).count(),
                on=only == "doubted",
            ),
        ],
        "rows": list(page),
        "pager": parts.pager(page, f"only={only}" if only else ""),
        "may_bring": actor.may("decide"),
        "refusal": refusal,
        "typed": request.POST.get("lines", ""),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "pools/prices.html", context, here="bank_prices", status=status)


def _held(actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """The goods in this bank's pools and the price that holds for each."""
    skus = pool_prices.in_pools_of(actor)
    held = queries.prices_for(skus, actor.own_org, at)
    return [
        {
            "sku": sku,
            "price": held.get(pk),
            "source": queries.source_words(held[pk].source) if pk in held else "",
        }
        for pk, sku in sorted(skus.items(), key=lambda one: one[1].code)
    ]


def _lines(request: HttpRequest) -> list[pool_prices.Line]:
    """What was typed or handed in, line by line: code, price in yuan, and a day if another."""
    sheet = request.FILES.get("sheet")
    if sheet is not None and (sheet.size or 0) > MOST_BYTES:
        raise Invalid("sheet-too-large", "This sheet is too large.", field="sheet")
    try:
        text = sheet.read().decode("utf-8-sig") if sheet else request.POST.get("lines", "")
    except UnicodeDecodeError:
        raise Invalid("sheet-unreadable", "This sheet cannot be read.", field="sheet") from None
    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if not rows:
        raise Invalid("nothing-brought", "Write a line for each price.", field="lines")
    if len(rows) > MOST:
        raise Invalid("sheet-too-long", "At most %(most)s lines at once.", field="lines", most=MOST)
    return [_line(row, number) for number, row in enumerate(rows, 1)]


def _line(row: list[str], number: int) -> pool_prices.Line:
    try:
        code, price, *day = (cell.strip() for cell in row)
        amount = money.typed(price)
        on = datetime.fromisoformat(day[0]).date() if day and day[0] else None
    except (ValueError, Invalid):
        raise Invalid(
            "line-unreadable", "Line %(line)s cannot be read.", field="lines", line=number,
            help="A line is code, price in yuan, and perhaps a day such as 2026-11-30.",
        ) from None  # fmt: skip
    return pool_prices.Line(code, amount, on)
