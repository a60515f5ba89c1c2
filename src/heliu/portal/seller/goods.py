"""The seller's goods with what lies, what is promised and what is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from heliu.commerce.catalogue import operations, own
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.catalogue.queries import CatalogueRow
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.logistics.stock import queries as stock
from heliu.portal.seller.addresses import address, id_in
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.portal.ui.listing import MOST, Head, Listing
from heliu.portal.ui.sheets import Cell

ROWS = 50
HEADS = (
    Head("code", gettext_lazy("Model"), by="code"),
    Head("barcode", gettext_lazy("Barcode")),
    Head("goods", gettext_lazy("Goods"), by="name"),
    Head("family", gettext_lazy("Family"), by="family_id"),
    Head("case", gettext_lazy("Case"), "count", by="case_quantity", css="n"),
    Head("on_hand", gettext_lazy("On hand"), "count", css="n"),
    Head("promised", gettext_lazy("Promised"), "count", css="n"),
    Head("free", gettext_lazy("Free"), "count", css="n"),
)


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """Goods of the seller: pieces on hand at its own warehouse and free of them."""

    sku: Any
    on_hand: int
    free: int

    @property
    def promised(self) -> int:
        """What lies there and is spoken for, damaged pieces included."""
        return self.on_hand - self.free


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """All goods by family, code, name or pinyin."""
    actor = actor_of(request)
    text, family = request.GET.get("q", "").strip(), request.GET.get("family", "")
    off = "off" in request.GET
    listing = Listing(request.GET, HEADS, "code")
    if listing.form:
        goods = listing.sorted(_sorted(actor, request))[: MOST + 1]
        rows = _rows(actor, [CatalogueRow(sku) for sku in goods], now(request))
        return listing.taken_away(_("Goods"), "goods", rows, _cells)
    found, next_href = _page(actor, request, listing)
    resting = own.goods(actor).filter(seller=actor.own_org, is_active=False).count()
    chips = family_chips(actor, text, family)
    if resting or off:
        chips.append(parts.Chip(_("Off sale"), address(q=text, off="1"), resting, on=off))
        chips[0] = replace(chips[0], on=chips[0].on and not off)
    context = {
        "listing": listing,
        "chips": chips,
        "off": off,
        "may_set": actor.may("sell"),
        "branches": [(one.code, "　" * depth + one.display) for one, depth in own.branches(actor)],
        "text": text,
        "family": family,
        "rows": _rows(actor, found, now(request)),
        "next_href": next_href,
    }
    return show(request, "seller/goods.html", context, here="seller_goods")


@require_POST
@desk_page
def many(request: HttpRequest) -> HttpResponse:
    """Several articles put on sale, taken off it, or put into a category: all or none."""
    actor, act = actor_of(request), request.POST.get("act", "")
    chosen = sorted({sku for text in request.POST.getlist("sku") if (sku := id_in(text))})

    def do() -> str:
        if not chosen:
            raise Invalid("nothing-chosen", "Choose at least one article.", field="sku")
        if act == "place":
            category = request.POST.get("category", "")
            operations.place(
                actor=actor, seller=actor.own_org, categories=dict.fromkeys(chosen, category)
            )
        else:
            operations.switch(chosen, actor=actor, seller=actor.own_org, is_active=act == "on")
        say(
            request,
            ngettext("%(n)d article is changed.", "%(n)d articles are changed.", len(chosen))
            % {"n": len(chosen)},
        )
        back = request.POST.get("back", "")
        return reverse("seller_goods") + (f"?{back}" if back else "")

    return deed(request, do)


def _sorted(actor: Actor, request: HttpRequest) -> QuerySet[Any]:
    """The seller's goods, on sale or off it, that the address asks for. Search knows only what is
    on sale; it says which they are, and its own order is left."""
    text, family = request.GET.get("q", "").strip(), request.GET.get("family", "")
    off = "off" in request.GET
    found = own.goods(actor).filter(seller=actor.own_org, is_active=not off)
    if text and off:
        found = found.filter(
            Q(code__icontains=text) | Q(name__icontains=text) | Q(name_zh__icontains=text)
        )
    elif text:
        hits = catalogue.search(actor, seller=actor.own_org, text=text, family=family, limit=MOST)
        found = found.filter(pk__in=[row.sku.pk for row in hits.rows])
    return found.filter(family=family) if family and not off else found


def _page(actor: Actor, request: HttpRequest, listing: Listing) -> tuple[list[CatalogueRow], str]:
    """One page of goods and the address of the next: as search finds them where no other order is
    asked for."""
    if listing.is_usual and "off" not in request.GET:
        return page_of_goods(actor, request)
    after = id_in(request.GET.get("after", ""))
    last = own.goods(actor).filter(pk=after).first() if after else None
    found = listing.after(_sorted(actor, request), last)[: ROWS + 1]
    rows = [CatalogueRow(sku) for sku in found]
    return rows[:ROWS], listing.next(rows[ROWS - 1].sku.pk) if len(rows) > ROWS else ""


def _cells(row: GoodsRow) -> tuple[Cell, ...]:
    """Goods as a file has them."""
    sku = row.sku
    return (
        sku.code, sku.barcode, sku.display, sku.family.display, sku.case_quantity,
        row.on_hand, row.promised, row.free,
    )  # fmt: skip


def page_of_goods(actor: Actor, request: HttpRequest) -> tuple[list[CatalogueRow], str]:
    """One page of the seller's goods as the address asks, and the address of the next."""
    text, family = request.GET.get("q", "").strip(), request.GET.get("family", "")
    rows = catalogue.search(
        actor,
        seller=actor.own_org,
        text=text,
        family=family,
        limit=ROWS + 1,
        after=id_in(request.GET.get("after", "")),
    ).rows
    if len(rows) <= ROWS:
        return rows, ""
    return rows[:ROWS], address(q=text, family=family, after=str(rows[ROWS - 1].sku.pk))


def family_chips(actor: Actor, text: str, family: str) -> list[parts.Chip]:
    """The families of the seller's goods as filters."""
    found = catalogue.families(actor, seller=actor.own_org)
    total = sum(count for _family, count in found)
    return [
        parts.Chip(_("All"), address(q=text), total, on=not family),
        *(
            parts.Chip(one.display, address(q=text, family=one.code), count, on=one.code == family)
            for one, count in found
        ),
    ]


def _rows(actor: Actor, found: Sequence[CatalogueRow], at: datetime) -> list[GoodsRow]:
    house, skus = actor.own_org, [row.sku.pk for row in found]
    free = stock.lying_free(skus, owner=house, warehouse=house, at=at)
    lying = dict(
        stock.on_hand(actor, owner=house, warehouse=house, skus=skus)
        .order_by()
        .values_list("sku")
        .annotate(sum=Sum("quantity"))
    )
    return [GoodsRow(row.sku, lying.get(row.sku.pk, 0), free.get(row.sku.pk, 0)) for row in found]
