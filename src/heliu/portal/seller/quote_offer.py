"""The seller offers a dealer prices that it did not ask for: from nothing, or as once before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.commerce.quotes import queries
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as approvals
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.money import require_in
from heliu.kernel.parties.queries import currencies_of, currency_of, names
from heliu.portal.seller.dealers import dealers_of
from heliu.portal.shell.approvals import asked
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
from heliu.portal.shell.quotes import BLANK, HOLDS, Row, asked_in, rows_typed
from heliu.portal.ui import formats
from heliu.portal.ui.templatetags.heliu_ui import typed_amount
from heliu.trade import conceding, quoting

HERE = "quotes"
SHOWN = 100  # dealers whose codes the field proposes
EMPTY = 5  # rows of an offer that begins with nothing


@require_http_methods(["GET", "POST"])
@desk_page
def offer(request: HttpRequest) -> HttpResponse:
    """The form, empty or with the lines of an earlier quote (`?from=`); a post makes the offer."""
    actor, at = actor_of(request), now(request)
    actor.require("sell")
    earlier = _earlier(actor, request.GET.get("from", ""))
    formats.write_in(earlier.currency if earlier else "")

    def do() -> str:
        buyer = _dealer(actor, request.POST.get("dealer", "")).pk
        _write_in_theirs(actor, buyer, earlier)
        done = quoting.begin(
            actor=actor, buyer=buyer, lines=asked_in(request, actor.own_org),
            words=request.POST.get("words_of_all", ""),
            valid_until=day_of_form(request, "valid_until") or day_of(at),
            reason=request.POST.get("reason", ""), at=at,
        )  # fmt: skip
        if conceding.is_asked(done):
            return asked(request, done)
        say(request, _("The offer is made; the dealer is told."))
        return quoting.link(done)

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    blank = [Row()] * (BLANK if earlier else EMPTY)
    currencies = currencies_of(actor)
    context = {
        "rows": rows_typed(request, refusal) or [*_rows(earlier), *blank],
        "earlier": earlier,
        "dealers": [(one, currencies.get(one.pk, "")) for one in dealers_of(actor)[:SHOWN]],
        "typed": request.POST or {"dealer": _code_of(earlier) or request.GET.get("dealer", "")},
        "holds": request.POST.get("valid_until") or day_typed(day_of(at) + HOLDS),
        "today": day_typed(day_of(at)),
        "latest": day_typed(day_of(at) + timedelta(days=365)),
        "is_ruled": approvals.has_rules(actor, conceding.OFFER.name),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "seller/quote_offer.html", context, here=HERE, status=status)


def _write_in_theirs(actor: Actor, buyer: UUID, earlier: Any) -> None:
    """Amounts are read in the currency of the two. Raises `OtherCurrency` where the prices stood
    under an earlier quote in another: the figures would be the same, and not what they come to."""
    currency = currency_of(buyer=buyer, seller=actor.own_org)
    require_in(currency, earlier.currency if earlier else "", field="dealer")
    formats.write_in(currency)


def _earlier(actor: Actor, number: str) -> Any:
    """The quote whose lines the form begins with, where one is named."""
    if not number:
        return None
    found = queries.get(actor, number)
    if found.seller not in actor.orgs:
        raise NotFound()
    return found


def _rows(earlier: Any) -> list[Row]:
    if earlier is None:
        return []
    return [
        Row(line.sku.code, str(line.quantity), typed_amount(line.unit_price), line.words)
        for line in queries.lines(earlier)
        if not line.is_struck
    ]


def _code_of(earlier: Any) -> str:
    buyer = names([earlier.buyer]).get(earlier.buyer) if earlier else None
    return buyer.code if buyer else ""


def _dealer(actor: Actor, typed: str) -> Any:
    """The dealer of this code, or the only one that is called so."""
    text = typed.strip()[:80]
    found = list(dealers_of(actor).filter(code__iexact=text)[:1]) if text else []
    found = found or (list(dealers_of(actor, text)[:2]) if text else [])
    if len(found) != 1:
        raise Invalid("dealer-unknown", "You have no dealer of this code.", field="dealer")
    return found[0]
