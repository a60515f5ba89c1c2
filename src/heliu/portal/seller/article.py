"""One article on one page: what it is, where it stands, who sees it, and how the buyer sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from heliu.commerce.catalogue import operations, own, sheets
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.catalogue.operations import Article, NewPack
from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, Refused
from heliu.logistics.stock import queries as stock
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.seller.dealers import dealers_of
from heliu.portal.shell import sheets as shell
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.parts import Ask, Sheet, Will

HERE = "seller_goods"
TEXTS = (
    "name", "name_zh", "barcode", "family", "unit", "external_id", "category", "tracking",
)  # fmt: skip
COUNTS = ("case_quantity", "order_minimum", "order_multiple")
MOST_DIGITS = 7
CHOICES = 200
ROWS = 50


@require_http_methods(["GET", "POST"])
@desk_page
def new(request: HttpRequest) -> HttpResponse:
    """An article is begun; the rest is told on its own page."""
    actor = actor_of(request)
    actor.require("sell")

    def do() -> str:
        code = request.POST.get("code", "").strip()
        if own.goods(actor).filter(seller=actor.own_org, code=code).exists():
            raise Invalid("code-taken", "You have goods with this code.", field="code")
        wanted = Article(
            code=code,
            name=request.POST.get("name", ""),
            name_zh=request.POST.get("name_zh", ""),
            family=request.POST.get("family", ""),
            unit=request.POST.get("unit", ""),
            is_active=False,
        )
        made = operations.write_articles([wanted], actor=actor, seller=actor.own_org)
        say(request, _("The article is here and off sale until you put it on."))
        return reverse("seller_article", args=[made[code].pk])

    families = tuple((one.code, one.display) for one in own.families())
    units = tuple((one.code, one.display) for one in own.units())
    sheet = Sheet(
        heading=_("New article"),
        crumbs=((_("Goods"), reverse("seller_goods")),),
        asks=(
            Ask("code", pgettext("of prices", "Code")),
            Ask("name", _("Name in English"), is_needed=False),
            Ask("name_zh", _("Name in Chinese"), is_needed=False),
            Ask("family", _("Family"), kind="choice", options=families),
            Ask("unit", _("Smallest unit"), kind="choice", options=units),
        ),
        will=(Will(_("It stays off sale until you put it on")),),
        button=_("Begin"),
    )
    return shell.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def article(request: HttpRequest, sku: UUID) -> HttpResponse:
    """All that is told of an article, as fields."""
    actor = actor_of(request)
    told = own.told(actor, sku)
    act = request.POST.get("act", "save")

    def do() -> str:
        ACTS.get(act, _save)(request, told)
        return reverse("seller_article", args=[sku])

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    is_typed = refusal is not None and act == "save"
    context = {
        "told": told,
        "typed": _typed(request, told) if is_typed else _stored(told),
        "act": act,
        "refusal": refusal,
        "may_set": actor.may("sell"),
        "families": own.families(),
        "units": own.units(),
        "trackings": own.trackings(),
        "branches": [(one.code, "　" * depth + one.display) for one, depth in own.branches(actor)],
        "products": own.products(actor),
        "circles": own.circles(actor),
        "roles": own.roles(),
        "dealers": dealers_of(actor)[:CHOICES],
        "lying": _lying(actor, sku),
        **_as_buyer(request, told),
    }
    status = refusal.status if refusal else 200
    return show(request, "seller/article.html", context, here=HERE, status=status)


def _lying(actor: Actor, sku: UUID) -> list[tuple[Any, str]]:
    """What of an article lies in the seller's own houses, row by row, with its bin."""
    found = stock.rows_visible_to(actor).filter(
        sku=sku, owner=actor.own_org, warehouse=actor.own_org, has_goods=True
    )
    rows = list(found.order_by("since", "id")[:ROWS])
    bins = warehousing.own_bins(actor).in_bulk({row.bin for row in rows if row.bin})
    return [(row, bins[row.bin].code if row.bin in bins else "") for row in rows]


@require_POST
@desk_page
def preview(request: HttpRequest, sku: UUID) -> HttpResponse:
    """What is typed as the buyer would see it: written, read, and taken back."""
    told = own.told(actor_of(request), sku)
    refusal: Refused | None = None
    context: dict[str, Any] = {}
    with transaction.atomic():
        try:
            with transaction.atomic():
                _save(request, told)
        except Refused as refused:
            refusal = refused
        context = _as_buyer(request, own.told(actor_of(request), sku))
        transaction.set_rollback(True)
    return render(request, "seller/parts/preview.html", {**context, "preview_refusal": refusal})


def _as_buyer(request: HttpRequest, told: own.Told) -> dict[str, Any]:
    """The article as a buyer sees it, for a dealer that is chosen at that dealer's price."""
    actor, sku = actor_of(request), told.sku
    code = (request.POST or request.GET).get("dealer", "")
    dealer = dealers_of(actor, code).first() if code else None
    sheet = sheets.sheet(actor, sku.pk) if sku.is_active else None
    price, is_shown = None, sku.is_active
    if dealer is not None:
        is_shown = catalogue.offered(dealer.pk, sku.seller).filter(pk=sku.pk).exists()
        price = pricing.resolve(
            buyer=dealer.pk, seller=sku.seller, wanted=[(sku.pk, 1)], at=now(request)
        )[sku.pk]
    free = stock.available([sku.pk], owner=sku.seller, warehouse=sku.seller, at=now(request))
    return {
        "sheet": sheet,
        "shown_sku": sku,
        "dealer": dealer,
        "price": price,
        "is_shown": is_shown,
        "available": free.get(sku.pk, 0),
        "missing": _missing(told),
    }


def _missing(told: own.Told) -> list[str]:
    """What a good article has and this one has not."""
    sku = told.sku
    wanted = [
        (sku.name, _("Name in English")),
        (sku.name_zh, _("Name in Chinese")),
        (sku.barcode, _("Barcode")),
        (told.category, _("Category")),
        (told.pictures or (told.product and sheets.first_pictures([sku.pk])), _("Picture")),
        *((told.values.get(one.code), one.display) for one in told.attributes),
    ]
    return [label for there, label in wanted if not there]


def _stored(told: own.Told) -> dict[str, Any]:
    sku = told.sku
    return {
        "name": sku.name,
        "name_zh": sku.name_zh,
        "barcode": sku.barcode,
        "family": sku.family_id,
        "unit": sku.unit_id,
        "external_id": sku.external_id,
        "tracking": sku.tracking,
        "category": told.category,
        "case_quantity": sku.case_quantity,
        "order_minimum": sku.order_minimum,
        "order_multiple": sku.order_multiple,
        "product": told.product.code if told.product else "",
        "position": told.position,
        "circles": list(told.circles),
        "values": [(one, told.values.get(one.code, "")) for one in told.attributes],
    }


def _typed(request: HttpRequest, told: own.Told) -> dict[str, Any]:
    posted = request.POST
    return {
        **{name: posted.get(name, "") for name in (*TEXTS, *COUNTS, "product", "position")},
        "circles": posted.getlist("circle"),
        "values": [(one, posted.get(f"v-{one.code}", "")) for one in told.attributes],
    }


def _save(request: HttpRequest, told: own.Told) -> None:
    actor, sku, posted = actor_of(request), told.sku, request.POST
    family = posted.get("family", sku.family_id)
    given: dict[str, Any] = {name: posted[name] for name in TEXTS if name in posted}
    given |= {name: _whole(request, name) for name in COUNTS if name in posted}
    wanted = Article(
        code=sku.code,
        **given,
        # Another family has other attributes; their values are told after it is saved.
        values={
            one.code: posted[f"v-{one.code}"]
            for one in told.attributes
            if f"v-{one.code}" in posted and family == sku.family_id
        },
    )
    operations.write_articles([wanted], actor=actor, seller=sku.seller)
    if "product" in posted:
        found = own.products(actor).filter(code=posted["product"]).first()
        if found is None and posted["product"]:
            raise Invalid("product-unknown", "There is no such product.", field="product")
        operations.vary(
            sku.pk,
            actor=actor,
            seller=sku.seller,
            product=found.pk if found else None,
            position=_whole(request, "position", least=0),
        )
    if "circles" in posted:
        _set_circles(actor, told, set(posted.getlist("circle")))
    say(request, _("The article is saved."))


def _set_circles(actor: Actor, told: own.Told, wanted: set[str]) -> None:
    for circle in own.circles(actor):
        if (circle.code in wanted) == (circle.code in told.circles):
            continue
        there = set(circle.goods.values_list("sku", flat=True))
        changed = there | {told.sku.pk} if circle.code in wanted else there - {told.sku.pk}
        operations.set_goods(circle, changed, actor=actor)


def _on(request: HttpRequest, told: own.Told) -> None:
    operations.switch(
        [told.sku.pk], actor=actor_of(request), seller=told.sku.seller, is_active=True
    )
    say(request, _("The article is on sale."))


def _off(request: HttpRequest, told: own.Told) -> None:
    operations.switch(
        [told.sku.pk], actor=actor_of(request), seller=told.sku.seller, is_active=False
    )
    say(request, _("The article is off sale; what was ordered goes on."))


def _pack(request: HttpRequest, told: own.Told) -> None:
    made = NewPack(
        told.sku.pk,
        request.POST.get("pack_unit", ""),
        _whole(request, "pieces"),
        request.POST.get("pack_barcode", "").strip(),
    )
    operations.pack(actor=actor_of(request), seller=told.sku.seller, packs=[made])
    say(request, _("The pack is there."))


def _unpack(request: HttpRequest, told: own.Told) -> None:
    operations.unpack(
        actor=actor_of(request),
        seller=told.sku.seller,
        sku=told.sku.pk,
        unit=request.POST.get("pack_unit", ""),
    )
    say(request, _("The pack is gone."))


def _attach(request: HttpRequest, told: own.Told) -> None:
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid("file-empty", "This file is empty.", field="file")
    operations.attach(
        sent.read(),
        actor=actor_of(request),
        seller=told.sku.seller,
        name=sent.name or "",
        role=request.POST.get("role", ""),
        title=request.POST.get("title", "").strip()[:120],
        title_zh=request.POST.get("title_zh", "").strip()[:120],
        sku=told.sku.pk,
        at=now(request),
    )
    say(request, _("The file is there."))


def _detach(request: HttpRequest, told: own.Told) -> None:
    paper = shell.chosen(request, "paper")
    operations.detach(paper, actor=actor_of(request), seller=told.sku.seller)
    say(request, _("The file is gone."))


ACTS: dict[str, Callable[[HttpRequest, own.Told], None]] = {
    "save": _save,
    "on": _on,
    "off": _off,
    "pack": _pack,
    "unpack": _unpack,
    "attach": _attach,
    "detach": _detach,
}


def _whole(request: HttpRequest, name: str, *, least: int = 1) -> int:
    typed = request.POST.get(name, "").strip().replace(",", "") or str(least)
    if not typed.isdecimal() or len(typed) > MOST_DIGITS or int(typed) < least:
        raise Invalid("number-unreadable", "This is not a whole number.", field=name)
    return int(typed)
