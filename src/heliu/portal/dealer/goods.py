"""One article with all that is told of it, several side by side, their pictures and papers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_safe

from heliu.commerce.catalogue import sheets
from heliu.commerce.catalogue.queries import CatalogueRow
from heliu.commerce.ordering.queries import cart
from heliu.kernel.errors import NotFound
from heliu.kernel.files.serving import answer
from heliu.logistics.stock import back_orders
from heliu.portal.dealer.catalogue import price_and_stock
from heliu.portal.dealer.sellers import chosen, is_shared, sellers_of, write_in_theirs
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.records import House
from heliu.trade.again import bought_one


@require_GET
@desk_page
def goods(request: HttpRequest, sku: UUID) -> HttpResponse:
    """An article: its own price, pictures, values, packs, papers, its variants to be ordered."""
    actor = actor_of(request)
    sheet = sheets.sheet(actor, sku)
    seller = _seller(sellers_of(actor), sheet.sku.seller)
    write_in_theirs(actor, seller.pk)
    rows = {one.pk: CatalogueRow(one) for one in [sheet.sku, *sheet.variants]}
    price_and_stock(request, seller, list(rows.values()))
    in_cart = {
        line.sku_id: line.quantity for line in cart(actor, seller.pk, shared=is_shared(request))
    }
    grid = sheet.grid
    context = {
        "seller": seller,
        "sheet": sheet,
        "row": rows[sheet.sku.pk],
        "quantity": in_cart.get(sheet.sku.pk),
        "outlook": back_orders.outlook([sku], owner=seller.pk, at=now(request)).get(sku),
        "bought": bought_one(actor, seller.pk, sku),
        "columns": grid.columns if grid else (),
        "grid": [
            (label, [(rows[one.pk], in_cart.get(one.pk)) if one else None for one in cells])
            for label, cells in (grid.rows if grid else ())
        ],
        "others": []
        if grid
        else [(rows[one.pk], in_cart.get(one.pk)) for one in sheet.variants if one.pk != sku],
    }
    return show(request, "dealer/goods.html", context, here="dealer_catalogue")


@require_GET
@desk_page
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four articles side by side; lines in which they differ stand out."""
    actor = actor_of(request)
    skus, lines = sheets.compared(actor, _ids(request.GET.getlist("sku")))
    sellers = sellers_of(actor)
    seller = _seller(sellers, skus[0].seller) if skus else chosen(request, sellers)
    write_in_theirs(actor, seller.pk)
    rows = [CatalogueRow(one) for one in skus if one.seller == seller.pk]
    price_and_stock(request, seller, rows)
    pictures = sheets.first_pictures([row.sku.pk for row in rows])
    context = {
        "seller": seller,
        "rows": [(row, pictures.get(row.sku.pk)) for row in rows],
        "lines": [(label, values, len(set(values)) > 1) for label, values in lines],
    }
    return show(request, "dealer/compare.html", context, here="dealer_catalogue")


@require_safe
@desk_page
def paper(request: HttpRequest, paper: UUID) -> HttpResponse:
    """A picture or paper of goods; to others there is none."""
    return answer(request, sheets.as_file(sheets.paper(actor_of(request), paper)))


@require_safe
@desk_page
def thumb(request: HttpRequest, paper: UUID) -> HttpResponse:
    """The small picture of a picture."""
    return answer(request, sheets.as_file(sheets.paper(actor_of(request), paper), small=True))


def _seller(sellers: list[House], wanted: UUID) -> House:
    found = next((one for one in sellers if one.pk == wanted), None)
    if found is None:
        raise NotFound()
    return found


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
