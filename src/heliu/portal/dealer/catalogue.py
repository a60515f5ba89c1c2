"""The catalogue: a seller's goods at the dealer's own price, with what can be had now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.catalogue import sheets
from heliu.commerce.catalogue.facets import Facet, Facets, facets
from heliu.commerce.catalogue.queries import CatalogueRow
from heliu.commerce.catalogue.reading import Way
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.queries import cart
from heliu.commerce.pricing import queries as pricing
from heliu.logistics.stock import queries as stock
from heliu.portal.dealer import quantities
from heliu.portal.dealer.asked import PRICE, Asked
from heliu.portal.dealer.sellers import chosen, is_shared, or_waits, sellers_of
from heliu.portal.shell.pages import actor_of, desk_page, now, say, see_other, show
from heliu.portal.shell.records import House
from heliu.portal.ui import parts

ROWS = 50
SUGGESTIONS = 8
MOST_SORTED = 500
"""Articles that are still put in the order of their prices, which are each buyer's own."""


@dataclass(frozen=True)
class FacetOption:
    """A value to filter by, with the address that turns it on or off."""

    label: str
    href: str
    skus: int
    is_on: bool
    depth: int


@dataclass(frozen=True)
class FacetBox:
    """A facet as it is drawn; one of numbers has its ends and what its form must send along."""

    facet: Facet
    options: Sequence[FacetOption]
    is_on: bool
    off_href: str
    low: str
    high: str
    others: Sequence[tuple[str, str]]


@require_GET
@desk_page
@or_waits
def index(request: HttpRequest) -> HttpResponse:
    """Goods by words and filters; quantities typed here go into the cart."""
    actor = actor_of(request)
    sellers = sellers_of(actor)
    seller = chosen(request, sellers)
    asked = Asked.read(request.GET)
    is_whole = asked.sort == PRICE
    hits = catalogue.search(
        actor,
        seller=seller.pk,
        text=asked.text,
        filters=asked.filters,
        limit=MOST_SORTED if is_whole else ROWS + 1,
        after=None if is_whole else asked.after,
    )
    rows = hits.rows
    if is_whole:
        rows = _page_by_price(request, seller, rows, asked)
    more, rows = len(rows) > ROWS, rows[:ROWS]
    if not is_whole:
        price_and_stock(request, seller, rows)
    skus = [row.sku.pk for row in rows]
    pictures, packs = sheets.first_pictures(skus), sheets.packs_of(skus)
    in_cart = {
        line.sku_id: line.quantity for line in cart(actor, seller.pk, shared=is_shared(request))
    }
    found = facets(actor, hits.question, seller=seller.pk, filters=asked.filters)
    context = {
        "seller": seller,
        "sellers": sellers,
        "asked": asked,
        "rows": [
            (row, in_cart.get(row.sku.pk), pictures.get(row.sku.pk), packs.get(row.sku.pk, ()))
            for row in rows
        ],
        "cart_lines": len(in_cart),
        "count": found.skus,
        "facets": _boxes(asked, found),
        "chips": _chips(asked, found, seller),
        "is_mended": hits.question.way is Way.MENDED,
        "is_most": hits.question.way is Way.MOST,
        "next_href": asked.but(after=rows[-1].sku.pk).href if more else "",
        "by_price": asked.but(sort="" if asked.sort else PRICE).href,
        "can_sort": found.skus <= MOST_SORTED,
    }
    return show(request, "dealer/catalogue.html", context, here="dealer_catalogue")


@require_GET
@desk_page
def hints(request: HttpRequest) -> HttpResponse:
    """What is being typed may mean these: the best hits, for the list under the field."""
    actor = actor_of(request)
    seller = chosen(request, sellers_of(actor))
    text = request.GET.get("q", "").strip()
    rows = (
        catalogue.search(actor, seller=seller.pk, text=text, limit=SUGGESTIONS).rows if text else []
    )
    price_and_stock(request, seller, rows)
    return render(request, "dealer/parts/hints.html", {"rows": rows, "text": text})


@require_POST
@desk_page
def put(request: HttpRequest) -> HttpResponse:
    """Quantities beside goods into the cart, in pieces or packs; nothing typed leaves a line as it
    is. Where one is none all stay where they were typed, with the words beside it."""
    actor = actor_of(request)
    seller = chosen(request, sellers_of(actor))
    if quantities.are_wrong(request):
        return quantities.back_to_them(request)
    typed = quantities.read(request)
    packs = sheets.packs_of(typed)
    wanted = {}
    for sku, count in typed.items():
        unit = request.POST.get(f"u-{sku}", "")
        holds = {pack.unit_id: pack.pieces for pack in packs.get(sku, ())}
        wanted[sku] = count * holds.get(unit, 1)
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


def _page_by_price(
    request: HttpRequest, seller: House, rows: list[CatalogueRow], asked: Asked
) -> list[CatalogueRow]:
    """One page and a row of the next, in the order of the buyer's own prices; what has no price
    comes last."""
    price_and_stock(request, seller, rows)
    rows = sorted(
        rows, key=lambda row: (row.price is None, row.price.unit_price if row.price else 0)
    )
    ids = [row.sku.pk for row in rows]
    start = ids.index(asked.after) + 1 if asked.after in ids else 0
    return rows[start : start + ROWS + 1]


def _boxes(asked: Asked, found: Facets) -> list[FacetBox]:
    boxes = []
    for facet in found.facets:
        options = [
            FacetOption(
                one.label, asked.with_filter(f"{facet.key}={one.value}").href, one.skus, one.is_on,
                one.depth,
            )
            for one in facet.options
        ]  # fmt: skip
        low, high = asked.ends(facet.key)
        is_on = bool(low or high) or any(one.is_on for one in options)
        off = asked.without(facet.key).href
        boxes.append(FacetBox(facet, options, is_on, off, low, high, asked.others(facet.key)))
    return boxes


def _chips(asked: Asked, found: Facets, seller: House) -> list[parts.Chip]:
    """Everything, the way to what was bought before, and each filter that is on, to be taken
    away."""
    chips = [
        parts.Chip(_("All"), asked.but(filters=()).href, on=not asked.filters),
        parts.Chip(_("Bought before"), f"{reverse('dealer_bought')}?seller={seller.code}"),
    ]
    for facet in found.facets:
        for one in facet.options:
            if one.is_on:
                away = asked.with_filter(f"{facet.key}={one.value}").href
                chips.append(parts.Chip(one.label, away, on=True))
        low, high = asked.ends(facet.key)
        if low or high:
            words = f"{facet.label} {low}–{high} {facet.unit}".strip()
            chips.append(parts.Chip(words, asked.without(facet.key).href, on=True))
    return chips


def _here(request: HttpRequest) -> str:
    query = request.POST.get("query", "")
    return reverse("dealer_catalogue") + (f"?{query}" if query else "")
