"""A dealer asks its seller for a quote: from the order pad, from an article, or from nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.commerce.ordering import queries as pads
from heliu.commerce.quotes.policies import MOST_LINES
from heliu.kernel.clock import day_of
from heliu.kernel.money import require_in
from heliu.portal.dealer.sellers import chosen, is_shared, or_waits, sellers_of
from heliu.portal.shell.pages import (
    actor_of,
    attempt,
    day_of_form,
    day_typed,
    deed,
    desk_page,
    now,
    say,
    show,
)
from heliu.portal.shell.quotes import BLANK, Row, asked_in, rows_typed
from heliu.portal.shell.records import House
from heliu.portal.ui import formats
from heliu.trade import quoting


@require_http_methods(["GET", "POST"])
@desk_page
@or_waits
def ask(request: HttpRequest) -> HttpResponse:
    """The form with the rows of the pad (`?from=pad`) or an article (`?code=`); a post asks."""
    actor, at = actor_of(request), now(request)
    seller = chosen(request, sellers_of(actor))

    def do() -> str:
        require_in(formats.written_in(), request.POST.get("prices_in", ""))
        made = quoting.ask(
            actor=actor, seller=seller.pk, lines=asked_in(request, seller.pk),
            words=request.POST.get("words_of_all", ""),
            wanted_on=day_of_form(request, "wanted_on"), at=at,
        )  # fmt: skip
        say(request, _("The seller is asked; its answer comes to your inbox."))
        return quoting.link(made)

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    context = {
        "seller": seller,
        "sellers": sellers_of(actor),
        "rows": rows_typed(request, refusal) or [*_rows(request, seller), *[Row()] * BLANK],
        "typed": request.POST,
        "today": day_typed(day_of(at)),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/quote_ask.html", context, here="quotes", status=status)


def _rows(request: HttpRequest, seller: House) -> list[Row]:
    """What the question begins with; goods that stand in the pad for several days are one row."""
    if request.GET.get("from") != "pad":
        code = request.GET.get("code", "").strip()[:80]
        return [Row(code, request.GET.get("pieces", "").strip()[:12])] if code else []
    kept = pads.pad(actor_of(request), seller.pk, shared=is_shared(request))
    found: dict[str, Row] = {}
    for row in kept.rows:
        if code := row.code.strip():
            found.setdefault(code.casefold(), Row(code, row.quantity, "", row.remark))
    return list(found.values())[:MOST_LINES]
