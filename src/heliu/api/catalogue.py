"""What can be ordered, at which price, and how much of it there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import PRINTABLE, Goods
from heliu.api.files import GIVEN
from heliu.api.paging import Page, Paging
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.catalogue import sheets
from heliu.commerce.catalogue.facets import facets
from heliu.commerce.catalogue.queries import CatalogueRow
from heliu.commerce.catalogue.reading import (
    NOTHING_TYPED,
    Question,
    Reason,
    Way,
    check_filters,
    why,
)
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.queries import Price
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of, start_of
from heliu.kernel.errors import Invalid
from heliu.kernel.files.serving import answer
from heliu.logistics.stock import queries as stock

router = Router()
MOST_PRICED = 200  # SKUs of one request
MOST_WANTED = 10**9


class Tier(Schema):
    """A price from a quantity on."""

    quantity_from: int
    unit_price: int = Field(description="Minor units for one smallest unit")


class PriceOut(Schema):
    """What one smallest unit costs, and by which list."""

    unit_price: int = Field(description="Minor units for one smallest unit, at this quantity")
    currency: str
    list_code: str = Field(description="The price list that decides")
    list_price: int = Field(description="What that list says, before promotions")
    promotions: list[str] = Field(description="Codes of the promotions applied, in their order")
    tiers: list[Tier] = Field(description="All tiers of that list, the lowest quantity first")


class CatalogueItem(Goods):
    """Goods the asker may order, or its own."""

    seller: UUID
    barcode: str
    family: str
    unit: str
    case_quantity: int = Field(description="How many smallest units a case holds; it only informs")
    order_minimum: int = Field(description="The least that is sold at once")
    order_multiple: int = Field(description="The packs the goods come in; 1 for any number")
    external_id: str = Field(description="The seller's own id")
    price: PriceOut | None = Field(
        description="For one smallest unit; null for own goods and where there is no price"
    )
    available: int = Field(description="What can be promised now, in the smallest unit")
    found_by: Reason = Field(
        description="By its code, its name, how that sounds, what else is told of it, with slips"
        " mended, or by most of the words"
    )


class PackOut(Schema):
    """A box or pallet; goods are ordered in the smallest unit, so many of which it holds."""

    unit: str
    name: str
    name_zh: str
    quantity: int = Field(description="How many smallest units it holds, exactly")
    barcode: str


class GoodsValue(Schema):
    """What an attribute of an article is, as filters name it and in words."""

    attribute: str
    name: str
    name_zh: str
    value: str = Field(description="As filters name it; a text as it stands")
    unit: str


class PaperOut(Schema):
    """A picture or paper; its bytes are at `/catalogue/papers/{id}`."""

    id: UUID
    role: str
    name: str
    content_type: str
    size: int


class VariantOut(Goods):
    """An article that is another variant of the same product."""


class GoodsSheet(CatalogueItem):
    """An article with all that is told of it."""

    product: str = Field(description="Code of its product, or ''")
    about: str
    about_zh: str
    categories: list[str] = Field(description="Codes, the highest first")
    values: list[GoodsValue]
    packs: list[PackOut]
    papers: list[PaperOut]
    variants: list[VariantOut]


class FacetOption(Schema):
    """A value to filter by and how many articles it leaves."""

    value: str
    label: str = Field(description="In the reader's language")
    skus: int


class FacetOut(Schema):
    """A key to filter by: send `filter=key=value`, of numbers `filter=key:from..to`."""

    key: str
    label: str
    kind: str
    unit: str
    options: list[FacetOption]


class FacetsOut(Schema):
    """By what the goods found can be filtered; `way` says how the text was understood."""

    skus: int
    way: Way
    facets: list[FacetOut]


class FamilyOut(Schema):
    """A family of goods and how many SKUs of it the asker may order."""

    code: str
    name: str
    name_zh: str
    skus: int


class PriceRow(Schema):
    """The price of a SKU for the quantity asked, or null, and how much of it there is."""

    sku: UUID
    quantity: int
    price: PriceOut | None
    available: int = Field(description="What can be promised now, in the smallest unit")


class Prices(Schema):
    """Answers in the order in which they were asked."""

    buyer: UUID
    seller: UUID
    on: date
    items: list[PriceRow]


class Narrowed(Schema):
    """What to look for, and filters."""

    q: str = Field(
        "",
        max_length=80,
        pattern=PRINTABLE,
        description="A code, a barcode, words of a name, Chinese, pinyin or its initials",
    )
    filter: list[Annotated[str, Field(max_length=80, pattern=PRINTABLE)]] = Field(
        [],
        max_length=30,
        description="`a.colour=red`, `category=cups`, `a.height:5..9`; one of each key must hold",
    )


class Wanted(Narrowed):
    """What to look for in the catalogues of all sellers, or of one."""

    seller: UUID | None = Field(None, description="Only this seller's goods")
    family: str = Field("", max_length=40, pattern=PRINTABLE, description="Code of a family")


@router.get("/catalogue", response=Page[CatalogueItem])
def search_catalogue(
    request: TypedRequest, wanted: Query[Wanted], paging: Query[Paging]
) -> dict[str, object]:
    """Search what can be ordered, with the asker's own prices and what is available.

    Where nothing has the text as typed, slips are mended and Chinese is taken by its sound; then
    most of it counts. A small `limit` gives suggestions while somebody types.
    """
    check_filters(wanted.filter)
    hits = catalogue.search(
        request.actor,
        seller=wanted.seller,
        text=wanted.q,
        family=wanted.family,
        filters=wanted.filter,
        limit=paging.limit + 1,
        after=_after(paging.cursor),
    )
    rows = hits.rows
    shown, more = rows[: paging.limit], len(rows) > paging.limit
    _fill(request.actor, shown, clock.now())
    return {
        "items": [_item(row, wanted.q, hits.question) for row in shown],
        "next_cursor": str(shown[-1].sku.pk) if more else None,
    }


@router.get("/catalogue/facets", response=FacetsOut)
def list_facets(
    request: TypedRequest,
    seller: Annotated[UUID, Query(description="Whose goods")],
    wanted: Query[Narrowed],
) -> dict[str, object]:
    """By what a seller's goods that answer a text can be filtered, with counts."""
    check_filters(wanted.filter)
    hits = catalogue.search(
        request.actor, seller=seller, text=wanted.q, filters=wanted.filter, limit=1
    )
    found = facets(request.actor, hits.question, seller=seller, filters=wanted.filter)
    return {
        "skus": found.skus,
        "way": hits.question.way,
        "facets": [
            {
                "key": one.key,
                "label": one.label,
                "kind": one.kind,
                "unit": one.unit,
                "options": [vars(option) for option in one.options],
            }
            for one in found.facets
        ],
    }


@router.get("/catalogue/papers/{paper}", openapi_extra=GIVEN)
def read_paper(request: TypedRequest, paper: UUID) -> HttpResponse:
    """The bytes of a picture or paper of goods the asker may order."""
    return answer(request, sheets.as_file(sheets.paper(request.actor, paper)))


@router.get("/catalogue/{sku}", response=GoodsSheet)
def get_goods(request: TypedRequest, sku: UUID) -> dict[str, object]:
    """An article with all that is told of it, at the asker's own price."""
    sheet = sheets.sheet(request.actor, sku)
    row = CatalogueRow(sheet.sku)
    _fill(request.actor, [row], clock.now())
    product = sheet.product
    return _item(row, "", NOTHING_TYPED) | {
        "product": product.code if product else "",
        "about": product.about if product else "",
        "about_zh": product.about_zh if product else "",
        "categories": [one.code for one in sheet.lineage],
        "values": [
            {
                "attribute": one.attribute.code,
                "name": one.attribute.name,
                "name_zh": one.attribute.name_zh,
                "value": one.text or one.text_zh or one.token,
                "unit": one.attribute.unit,
            }
            for one in sheet.values
        ],
        "packs": [
            {
                "unit": one.unit_id,
                "name": one.unit.name,
                "name_zh": one.unit.name_zh,
                "quantity": one.pieces,
                "barcode": one.barcode,
            }
            for one in sheet.packs
        ],
        "papers": [
            {
                "id": one.pk,
                "role": one.role,
                "name": one.name,
                "content_type": one.content_type,
                "size": one.size,
            }
            for one in [*sheet.pictures, *sheet.papers]
        ],
        "variants": [
            {"id": one.pk, "code": one.code, "name": one.name, "name_zh": one.name_zh}
            for one in sheet.variants
        ],
    }


@router.get("/families", response=list[FamilyOut])
def list_families(
    request: TypedRequest,
    seller: Annotated[UUID | None, Query(description="Only this seller's goods")] = None,
) -> list[dict[str, object]]:
    """The families of goods in the catalogue."""
    return [
        {"code": one.code, "name": one.name, "name_zh": one.name_zh, "skus": count}
        for one, count in catalogue.families(request.actor, seller=seller)
    ]


@router.get("/prices", response=Prices)
def resolve_prices(
    request: TypedRequest,
    seller: Annotated[UUID, Query(description="Whose goods")],
    sku: Annotated[
        list[UUID],
        Query(min_length=1, max_length=MOST_PRICED, description="Repeat it for each SKU"),
    ],
    quantity: Annotated[int, Query(ge=1, le=MOST_WANTED, description="How much of each")] = 1,
    buyer: Annotated[UUID | None, Query(description="For whom, if not the asker")] = None,
    on: Annotated[date | None, Query(description="On which day; today by default")] = None,
) -> dict[str, object]:
    """What goods cost a buyer on a day, and how much of them can be promised now.

    Buyer and seller may ask; nobody else gets a price.
    """
    at = clock.now()
    whose, day = buyer or request.actor.own_org, on or day_of(at)
    asked = list(dict.fromkeys(sku))
    prices = pricing.resolve(
        buyer=whose, seller=seller, wanted=[(one, quantity) for one in asked], at=_moment(day, at)
    )
    free = stock.available(asked, owner=seller, warehouse=seller, at=at)
    return prices_out(
        buyer=whose, seller=seller, on=day, quantity=quantity, prices=prices, free=free
    )


def prices_out(
    *,
    buyer: UUID,
    seller: UUID,
    on: date,
    quantity: int,
    prices: Mapping[UUID, Price | None],
    free: Mapping[UUID, int],
) -> dict[str, object]:
    """Prices and goods as they go out, in the order of `prices`."""
    return {
        "buyer": buyer,
        "seller": seller,
        "on": on,
        "items": [
            {
                "sku": sku,
                "quantity": quantity,
                "price": price_out(price),
                "available": free.get(sku, 0),
            }
            for sku, price in prices.items()
        ],
    }


def price_out(price: Price | None) -> dict[str, Any] | None:
    """A price as it goes out."""
    if price is None:
        return None
    return {
        "unit_price": price.unit_price,
        "currency": price.currency,
        "list_code": price.list_code,
        "list_price": price.list_price,
        "promotions": list(price.promotions),
        "tiers": [{"quantity_from": start, "unit_price": unit} for start, unit in price.tiers],
    }


def _moment(day: date, at: datetime) -> datetime:
    """Today is asked as of now, any other day as of its beginning."""
    return at if day == day_of(at) else start_of(day)


def _after(cursor: str) -> UUID | None:
    try:
        return UUID(cursor) if cursor else None
    except ValueError as error:
        raise Invalid(
            "cursor-unknown",
            "This cursor is not one of ours.",
            field="cursor",
            help="Begin again without a cursor.",
        ) from error


def _fill(actor: Actor, rows: Sequence[CatalogueRow], at: datetime) -> None:
    """Prices and stock, one statement each per seller."""
    for seller in {row.sku.seller for row in rows}:
        theirs = [row for row in rows if row.sku.seller == seller]
        skus = [row.sku.pk for row in theirs]
        free = stock.available(skus, owner=seller, warehouse=seller, at=at)
        prices = pricing.resolve(
            buyer=actor.own_org, seller=seller, wanted=[(sku, 1) for sku in skus], at=at
        )
        for row in theirs:
            row.price, row.available = prices[row.sku.pk], free[row.sku.pk]


def _item(row: CatalogueRow, text: str, question: Question) -> dict[str, object]:
    sku = row.sku
    reason = why(
        text, question, code=sku.code, barcode=sku.barcode, name=sku.name, name_zh=sku.name_zh
    )
    return {
        "id": sku.pk,
        "code": sku.code,
        "name": sku.name,
        "name_zh": sku.name_zh,
        "seller": sku.seller,
        "barcode": sku.barcode,
        "family": sku.family_id,
        "unit": sku.unit_id,
        "case_quantity": sku.case_quantity,
        "order_minimum": sku.order_minimum,
        "order_multiple": sku.order_multiple,
        "external_id": sku.external_id,
        "price": price_out(row.price),
        "available": row.available,
        "found_by": reason,
    }
