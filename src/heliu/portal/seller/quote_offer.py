"""The seller offers a dealer prices that it did not ask for: from nothing, or as once before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering.paste import read_quantity
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
from heliu.portal.shell.quotes import BLANK, HOLDS, Row, Usual, asked_in, rows_typed
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
        formats.write_in(currency_of(buyer=buyer, seller=actor.own_org))
        # Prices of an earlier quote stand in its currency, until somebody has seen them in theirs.
        shown_in = request.POST.get("prices_in", earlier.currency if earlier else "")
        require_in(formats.written_in(), shown_in, field="dealer")
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
    rows = rows_typed(request, refusal) or [*_rows(earlier), *blank]
    typed = request.POST or {"dealer": _code_of(earlier) or request.GET.get("dealer", "")}
    currencies = currencies_of(actor)
    context = {
        "rows": _with_usual(rows, actor, typed.get("dealer", ""), at),
        "earlier": earlier,
        "prices_in": formats.written_in() if refusal or not earlier else earlier.currency,
        "dealers": [(one, currencies.get(one.pk, "")) for one in dealers_of(actor)[:SHOWN]],
        "typed": typed,
        "holds": request.POST.get("valid_until") or day_typed(day_of(at) + HOLDS),
        "today": day_typed(day_of(at)),
        "latest": day_typed(day_of(at) + timedelta(days=365)),
        "is_ruled": approvals.has_rules(actor.own_org, conceding.OFFER.name),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "seller/quote_offer.html", context, here=HERE, status=status)


@require_POST
@desk_page
def usual(request: HttpRequest) -> HttpResponse:
    """What the goods of the form cost its dealer without an offer, row by row as typed so far."""
    actor = actor_of(request)
    actor.require("sell")
    rows = _with_usual(rows_typed(request), actor, request.POST.get("dealer", ""), now(request))
    return render(request, "seller/parts/offer_usual.html", {"rows": rows})


def _with_usual(rows: Sequence[Row], actor: Actor, dealer: str, at: datetime) -> Sequence[Row]:
    """The rows with what their goods cost this dealer without an offer, and the page in the
    currency of the two; as they are while the dealer is not known."""
    codes = [row.code.strip() for row in rows if not row.is_empty]
    try:
        buyer, seller = _dealer(actor, dealer).pk, actor.own_org
    except Invalid:
        return rows
    found = catalogue.find(actor, codes, seller)
    goods = [_goods(row, found) for row in rows]
    wanted: Counter[UUID] = Counter()
    for sku, quantity in filter(None, goods):
        wanted[sku] += quantity
    prices = quoting.usual(wanted, buyer=buyer, seller=seller, at=at)
    formats.write_in(currency_of(buyer=buyer, seller=seller))
    return [
        replace(row, usual=_usual(prices.get(one[0]), one[1])) if one else row
        for row, one in zip(rows, goods, strict=True)
    ]


def _goods(row: Row, found: Mapping[str, Any]) -> tuple[UUID, int] | None:
    """The goods and pieces of a row, once both can be read."""
    sku = found.get(row.code.strip())
    quantity, _problem = read_quantity(row.quantity)
    return (sku.pk, quantity) if sku and quantity else None


def _usual(price: int | None, quantity: int) -> Usual:
    return Usual(price, None if price is None else price * quantity)


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
