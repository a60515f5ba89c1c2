"""The catalogue: a seller's goods at the dealer's own price, with what can be had now."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.catalogue.queries import CatalogueRow
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.queries import cart
from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.logistics.stock import queries as stock
from heliu.portal.dealer.sellers import chosen, is_shared, sellers_of
from heliu.portal.shell.pages import actor_of, desk_page, now, say, see_other, show
from heliu.portal.shell.records import House
from heliu.portal.ui import parts

ROWS = 50
SUGGESTIONS = 8
MOST_DIGITS = 9


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Goods by family, code, name or pinyin; quantities typed here go into the cart."""
    actor = actor_of(request)
    sellers = sellers_of(actor)
    seller = chosen(request, sellers)
    text, family = request.GET.get("q", "").strip(), request.GET.get("family", "")
    after = request.GET.get("after")
    rows = catalogue.search(
        actor,
        seller=seller.pk,
        text=text,
        family=family,
        limit=ROWS + 1,
        after=UUID(after) if after else None,
    ).rows
    more, rows = len(rows) > ROWS, rows[:ROWS]
    price_and_stock(request, seller, rows)
    in_cart = {
        line.sku_id: line.quantity for line in cart(actor, seller.pk, shared=is_shared(request))
    }
    context = {
        "seller": seller,
        "sellers": sellers,
        "text": text,
        "family": family,
        "rows": [(row, in_cart.get(row.sku.pk)) for row in rows],
        "cart_lines": len(in_cart),
        "chips": _families(actor, seller, text, family),
        "next_href": _address(q=text, family=family, after=str(rows[-1].sku.pk)) if more else "",
    }
    return show(request, "dealer/catalogue.html", context, here="dealer_catalogue")


@require_POST
@desk_page
def put(request: HttpRequest) -> HttpResponse:
    """Quantities from the catalogue into the cart; nothing typed leaves a line as it is."""
    actor = actor_of(request)
    seller = chosen(request, sellers_of(actor))
    wanted = {
        UUID(name.removeprefix("q-")): whole(value)
        for name, (value, *_more) in request.POST.lists()
        if name.startswith("q-") and value.strip()
    }
    if wanted:
        ordering.fill_cart(
            actor=actor, seller=seller.pk, quantities=wanted, shared=is_shared(request)
        )
        say(
            request,
            ngettext("%(n)d line in the order pad.", "%(n)d lines in the order pad.", len(wanted))
            % {"n": len(wanted)},
        )
    return see_other(reverse("dealer_pad") if "pad" in request.POST else _here(request))


@require_GET
@desk_page
def suggest(request: HttpRequest) -> HttpResponse:
    """The best hits for what is being typed into the order pad, as JSON for the completion."""
    seller = chosen(request, sellers_of(actor_of(request)))
    text = request.GET.get("q", "").strip()
    rows = (
        catalogue.search(actor_of(request), seller=seller.pk, text=text, limit=SUGGESTIONS).rows
        if text
        else []
    )
    price_and_stock(request, seller, rows)
    hits = [
        {
            "code": row.sku.code,
            "name": row.sku.display,
            "price": row.price.unit_price if row.price else None,
            "available": row.available,
        }
        for row in rows
    ]
    return JsonResponse({"hits": hits})


def price_and_stock(request: HttpRequest, seller: House, rows: Sequence[CatalogueRow]) -> None:
    """Fill in the dealer's own price of one piece and what the seller has free: two statements."""
    skus = [row.sku.pk for row in rows]
    prices = pricing.resolve(
        buyer=actor_of(request).own_org,
        seller=seller.pk,
        wanted=[(sku, 1) for sku in skus],
        at=now(request),
    )
    free = stock.available(skus, owner=seller.pk, warehouse=seller.pk, at=now(request))
    for row in rows:
        row.price, row.available = prices.get(row.sku.pk), free.get(row.sku.pk, 0)


def _families(actor: Actor, seller: House, text: str, family: str) -> list[parts.Chip]:
    found = catalogue.families(actor, seller=seller.pk)
    everything = parts.Chip(
        _("All"), _address(q=text), sum(count for _family, count in found), on=not family
    )
    return [
        everything,
        *(
            parts.Chip(one.display, _address(q=text, family=one.code), count, on=one.code == family)
            for one, count in found
        ),
    ]


def _address(**filters: str) -> str:
    return "?" + urlencode({name: value for name, value in filters.items() if value})


def _here(request: HttpRequest) -> str:
    query = request.POST.get("query", "")
    return reverse("dealer_catalogue") + (f"?{query}" if query else "")


def whole(text: str) -> int:
    """A quantity as somebody typed it. Raises `Invalid` for what is none."""
    plain = text.replace(",", "").strip()
    if not plain.isdecimal() or len(plain) > MOST_DIGITS:
        raise Invalid(
            "quantity-invalid",
            "%(text)s is not a whole number of pieces.",
            field="quantity",
            text=text,
        )
    return int(plain)
