"""What describes a seller's goods: attributes by family, categories, products, circles, words."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Path, Router, Schema

from heliu.api import catalogue
from heliu.api.articles import Gone
from heliu.api.fields import PRINTABLE, Flag, Line, Sent
from heliu.api.writes import Key, write
from heliu.commerce.catalogue import operations, own
from heliu.commerce.catalogue.operations import NewAttribute, NewProduct
from heliu.kernel.access.request import TypedRequest

router = Router()
MOST = 2_000

Kind = Literal["TEXT", "NUMBER", "CHOICE", "BOOL"]

Title = Annotated[str, Field(max_length=120, pattern=PRINTABLE)]
Unit = Annotated[str, Field(max_length=12, pattern=PRINTABLE)]
Long = Annotated[str, Field(max_length=4_000, pattern=PRINTABLE)]
NamedRef = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,40}$", description="Its code")]


class FamilyIn(Sent):
    """A family of goods; families are the whole platform's."""

    code: Line = Field(min_length=1)
    name: Title = Field(min_length=1)
    name_zh: Title = ""


class FamilyMade(Schema):
    """A family of goods."""

    code: str
    name: str
    name_zh: str


class AttributeChoice(Sent):
    """One of the values an attribute of choices may have."""

    code: Line
    name: Title
    name_zh: Title = ""


class AttributeIn(Sent):
    """What is told of each article of a family. What it is made of never changes."""

    code: Line = Field(description="Small letters, figures and underlines")
    name: Title
    name_zh: Title = ""
    kind: Kind
    unit: Unit = Field("", description="Of a number")
    unit_zh: Unit = ""
    is_filter: Flag = Field(True, description="Buyers filter by it")
    choices: list[AttributeChoice] = Field([], max_length=500)


class AttributesIn(Sent):
    """Attributes of a family in their order; those that are not named stay."""

    attributes: list[AttributeIn] = Field(min_length=1, max_length=200)


class AttributeOut(Schema):
    """An attribute of a family of the asker's goods."""

    family: str
    code: str
    name: str
    name_zh: str
    kind: Kind
    unit: str
    unit_zh: str
    is_filter: bool
    choices: list[AttributeChoice]


class AttributesOut(Schema):
    """The attributes of a family."""

    attributes: list[AttributeOut]


class CategoryIn(Sent):
    """A branch of the tree, below the one of code `above` ('' at the top)."""

    code: Line
    name: Title
    name_zh: Title = ""
    above: Line = ""


class CategoriesIn(Sent):
    """Categories, those above before those below; those that are not named stay."""

    categories: list[CategoryIn] = Field(min_length=1, max_length=MOST)


class CategoriesOut(Schema):
    """The tree, each below the one above it."""

    categories: list[CategoryIn]


class ProductIn(Sent):
    """A product; its variants differ in the attributes named by `axes`."""

    code: Line = Field(min_length=1)
    name: Title = Field(min_length=1)
    name_zh: Title = ""
    family: Line
    about: Long = ""
    about_zh: Long = ""
    axes: list[Line] = Field([], max_length=2)
    variants: list[UUID] | None = Field(
        None,
        max_length=1_000,
        description="Articles, these alone, in their order; null: as they are",
    )


class ProductsOut(Schema):
    """The asker's products."""

    products: list[ProductIn]


class CircleIn(Sent):
    """A circle of buyers; goods in it are for them only."""

    code: Line = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    name: Title = Field(min_length=1)
    name_zh: Title = ""
    buyers: list[UUID] = Field([], max_length=20_000)
    goods: list[UUID] = Field([], max_length=20_000)


class CirclesOut(Schema):
    """The asker's circles."""

    circles: list[CircleIn]


class PublicPages(Sent):
    """What the asker shows to everybody, signed in or not."""

    is_public: Flag = Field(description="Goods on sale that are for no circle")
    shows_prices: Flag = Field(False, description="At the price of the list for everybody")
    category: Line = Field("", description="Only the goods of this category and below; '' for all")


class PublicPagesOut(Schema):
    """What the asker shows to everybody."""

    is_public: bool
    shows_prices: bool
    category: str


class SynonymsIn(Sent):
    """Words that mean the same."""

    words: list[Line] = Field(min_length=2, max_length=40)


class SynonymsOut(Schema):
    """A ring of words that mean the same."""

    id: int
    words: list[str]


@catalogue.router.post("/families", response={201: FamilyMade})
def begin_family(request: TypedRequest, payload: FamilyIn, key: Key) -> HttpResponse:
    """Begin a family of goods; `code-taken` (409) when it is there."""

    def do(at: object) -> tuple[int, FamilyMade]:
        actor = request.actor
        made = operations.begin_family(actor=actor, seller=actor.own_org, **payload.model_dump())
        return 201, FamilyMade.from_orm(made)

    return write(request, key, payload, do)


@router.get("/attributes", response=AttributesOut)
def list_attributes(request: TypedRequest, family: Line = "") -> dict[str, Any]:
    """What the asker tells of its goods, of a family or of all."""
    return _attributes(request, family)


@router.put("/attributes/{family}", response=AttributesOut)
def define_attributes(
    request: TypedRequest, family: NamedRef, payload: AttributesIn, key: Key
) -> HttpResponse:
    """Write attributes of a family down by code."""

    def do(at: object) -> tuple[int, AttributesOut]:
        actor = request.actor
        own.family(family)
        wanted = [
            NewAttribute(
                **one.model_dump(exclude={"choices"}),
                choices=[(choice.code, choice.name, choice.name_zh) for choice in one.choices],
            )
            for one in payload.attributes
        ]
        operations.define(actor=actor, seller=actor.own_org, family=family, attributes=wanted)
        return 200, AttributesOut.model_validate(_attributes(request, family))

    return write(request, key, payload, do)


@router.delete("/attributes/{family}/{code}", response=Gone)
def drop_attribute(
    request: TypedRequest, family: NamedRef, code: NamedRef, key: Key
) -> HttpResponse:
    """Take an attribute away, with its values; `attribute-used` (409) while variants differ in
    it."""

    def do(at: object) -> tuple[int, Gone]:
        actor = request.actor
        operations.drop_attribute(actor=actor, seller=actor.own_org, family=family, code=code)
        return 200, Gone(gone=code)

    return write(request, key, None, do)


@router.get("/categories", response=CategoriesOut)
def list_categories(request: TypedRequest) -> dict[str, Any]:
    """The asker's tree of categories."""
    return _categories(request)


@router.put("/categories", response=CategoriesOut)
def write_categories(request: TypedRequest, payload: CategoriesIn, key: Key) -> HttpResponse:
    """Write categories down by code: new ones are made, known ones renamed and hung anew."""

    def do(at: object) -> tuple[int, CategoriesOut]:
        actor = request.actor
        rows = [(one.code, one.above, one.name, one.name_zh) for one in payload.categories]
        operations.grow(actor=actor, seller=actor.own_org, branches=rows)
        return 200, CategoriesOut.model_validate(_categories(request))

    return write(request, key, payload, do)


@router.delete("/categories/{code}", response=Gone)
def drop_category(request: TypedRequest, code: NamedRef, key: Key) -> HttpResponse:
    """Take a category away; `category-used` (409) while something stands in it or below it."""

    def do(at: object) -> tuple[int, Gone]:
        operations.drop_category(actor=request.actor, seller=request.actor.own_org, code=code)
        return 200, Gone(gone=code)

    return write(request, key, None, do)


@router.get("/products", response=ProductsOut)
def list_products(request: TypedRequest) -> dict[str, Any]:
    """The asker's products with their variants."""
    return _products(request)


@router.put("/products", response=ProductsOut)
def write_product(request: TypedRequest, payload: ProductIn, key: Key) -> HttpResponse:
    """Write a product down by its code; the articles named are its variants, in this order."""

    def do(at: object) -> tuple[int, ProductsOut]:
        actor = request.actor
        own.family(payload.family)
        wanted = NewProduct(**payload.model_dump())
        operations.gather(actor=actor, seller=actor.own_org, products=[wanted])
        return 200, ProductsOut.model_validate(_products(request))

    return write(request, key, payload, do)


@router.get("/circles", response=CirclesOut)
def list_circles(request: TypedRequest) -> dict[str, Any]:
    """The asker's circles with their buyers and goods."""
    return _circles(request)


@router.put("/circles", response=CirclesOut)
def write_circle(request: TypedRequest, payload: CircleIn, key: Key) -> HttpResponse:
    """Write a circle down by its code; its buyers and goods become these and no others."""

    def do(at: object) -> tuple[int, CirclesOut]:
        actor = request.actor
        found = own.circles(actor).filter(code=payload.code).first() or operations.draw_circle(
            actor=actor, seller=actor.own_org, code=payload.code, name=payload.name,
            name_zh=payload.name_zh,
        )  # fmt: skip
        operations.rename_circle(found, actor=actor, name=payload.name, name_zh=payload.name_zh)
        operations.set_members(found, payload.buyers, actor=actor)
        operations.set_goods(found, payload.goods, actor=actor)
        return 200, CirclesOut.model_validate(_circles(request))

    return write(request, key, payload, do)


@router.delete("/circles/{code}", response=Gone)
def drop_circle(request: TypedRequest, code: NamedRef, key: Key) -> HttpResponse:
    """Take a circle away; `circle-used` (409) while goods are in it."""

    def do(at: object) -> tuple[int, Gone]:
        operations.drop_circle(actor=request.actor, seller=request.actor.own_org, code=code)
        return 200, Gone(gone=code)

    return write(request, key, None, do)


@router.get("/public-pages", response=PublicPagesOut)
def get_public_pages(request: TypedRequest) -> dict[str, Any]:
    """What the asker shows to everybody."""
    return _public(own.shop(request.actor, request.actor.own_org))


@router.put("/public-pages", response=PublicPagesOut)
def set_public_pages(request: TypedRequest, payload: PublicPages, key: Key) -> HttpResponse:
    """Switch public pages on or off, and say what they show."""

    def do(at: object) -> tuple[int, PublicPagesOut]:
        actor = request.actor
        made = operations.set_shop(actor=actor, seller=actor.own_org, **payload.model_dump())
        return 200, PublicPagesOut.model_validate(_public(made))

    return write(request, key, payload, do)


@router.get("/synonyms", response=list[SynonymsOut])
def list_synonyms(request: TypedRequest) -> list[dict[str, Any]]:
    """The asker's own rings of synonyms; the house's come on top."""
    return [{"id": one.pk, "words": one.words} for one in own.rings(request.actor)]


@router.post("/synonyms", response={201: SynonymsOut})
def add_synonyms(request: TypedRequest, payload: SynonymsIn, key: Key) -> HttpResponse:
    """Let words mean the same in the asker's catalogue."""

    def do(at: object) -> tuple[int, SynonymsOut]:
        actor = request.actor
        made = operations.add_ring(actor=actor, seller=actor.own_org, words=payload.words)
        return 201, SynonymsOut(id=made.pk, words=list(made.words))

    return write(request, key, payload, do)


@router.delete("/synonyms/{ring}", response=Gone)
def drop_synonyms(
    request: TypedRequest, ring: Annotated[int, Path(ge=1, le=2**31)], key: Key
) -> HttpResponse:
    """The words of a ring mean the same no longer."""

    def do(at: object) -> tuple[int, Gone]:
        operations.drop_ring(ring, actor=request.actor, seller=request.actor.own_org)
        return 200, Gone(gone=str(ring))

    return write(request, key, None, do)


def _attributes(request: TypedRequest, family: str) -> dict[str, Any]:
    def shown(one: Any) -> dict[str, Any]:
        same = ("code", "name", "name_zh", "kind", "unit", "unit_zh", "is_filter")
        choices = sorted(one.choices.all(), key=lambda choice: (choice.position, choice.code))
        return {name: getattr(one, name) for name in same} | {
            "family": one.family_id,
            "choices": [
                {"code": choice.code, "name": choice.name, "name_zh": choice.name_zh}
                for choice in choices
            ],
        }

    return {"attributes": [shown(one) for one in own.attributes(request.actor, family=family)]}


def _categories(request: TypedRequest) -> dict[str, Any]:
    tree = own.branches(request.actor)
    codes = {one.pk: one.code for one, _depth in tree}
    return {
        "categories": [
            {
                "code": one.code,
                "name": one.name,
                "name_zh": one.name_zh,
                "above": codes[one.parent_id] if one.parent_id else "",
            }
            for one, _depth in tree
        ]
    }


def _products(request: TypedRequest) -> dict[str, Any]:
    found = list(own.products(request.actor))
    variants = own.variants_of(found)
    same = ("code", "name", "name_zh", "about", "about_zh", "axes")
    return {
        "products": [
            {name: getattr(one, name) for name in same}
            | {"family": one.family_id, "variants": variants.get(one.pk, [])}
            for one in found
        ]
    }


def _circles(request: TypedRequest) -> dict[str, Any]:
    found = own.circles(request.actor).prefetch_related("members", "goods")
    return {
        "circles": [
            {
                "code": one.code,
                "name": one.name,
                "name_zh": one.name_zh,
                "buyers": sorted(member.buyer for member in one.members.all()),
                "goods": sorted(goods.sku_id for goods in one.goods.all()),
            }
            for one in found
        ]
    }


def _public(shop: Any) -> dict[str, Any]:
    return {
        "is_public": shop.is_public,
        "shows_prices": shop.shows_prices,
        "category": shop.category.code if shop.category else "",
    }
