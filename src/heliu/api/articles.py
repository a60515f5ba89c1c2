"""A seller's own goods as it keeps them: written by the hundred, packs, pictures and files."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from heliu.api.catalogue import PaperOut
from heliu.api.fields import PRINTABLE, Flag, Line, Sent, Whole
from heliu.api.files import SENT, sent_file
from heliu.api.paging import Page, Paging, page
from heliu.api.receipts import Content
from heliu.api.writes import Key, write
from heliu.commerce.catalogue import operations, own
from heliu.commerce.catalogue.operations import Article, NewPack
from heliu.commerce.catalogue.operations.articles import MOST_PIECES
from heliu.kernel.access.request import TypedRequest

router = Router()
MOST_ARTICLES = 500

Role = Literal["PICTURE", "SHEET", "OTHER"]

Tracking = Literal["", "LOT", "SERIAL"]
Pieces = Annotated[int, Field(ge=1, le=MOST_PIECES), Whole]
Name = Annotated[str, Field(max_length=200, pattern=PRINTABLE)]
UnitRef = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,12}$", description="Code of a unit")]


class ArticleIn(Sent):
    """An article by its code; what is left out stays, or gets its usual value when it is new."""

    code: Line = Field(min_length=1)
    name: Name | None = None
    name_zh: Name | None = None
    barcode: Line | None = None
    family: Line | None = Field(None, description="Code of a family that is there")
    unit: Line | None = Field(None, description="Code of the smallest unit; PCS when it is new")
    case_quantity: Pieces | None = None
    order_minimum: Pieces | None = None
    order_multiple: Pieces | None = None
    external_id: Line | None = None
    tracking: Tracking | None = Field(
        None, description="How pieces are told apart; it changes only while none lies anywhere"
    )
    is_active: Flag | None = Field(None, description="On sale; a new one is unless you say no")
    category: Line | None = Field(None, description="Code of a category; '' for none")
    values: dict[Line, Annotated[str, Field(max_length=401, pattern=PRINTABLE)]] = Field(
        {},
        max_length=100,
        description="By attribute: a choice's code or name, a number, yes or no, or a text,"
        " English and Chinese with a bar between; '' takes it away",
        json_schema_extra={"additionalProperties": False},  # names of another form are none
    )


class ArticlesIn(Sent):
    """Articles to be written, all or none."""

    articles: list[ArticleIn] = Field(min_length=1, max_length=MOST_ARTICLES)


class ArticleOut(Schema):
    """An article of the asker's own, on sale or not."""

    id: UUID
    code: str
    name: str
    name_zh: str
    barcode: str
    family: str
    unit: str
    case_quantity: int
    order_minimum: int
    order_multiple: int
    external_id: str
    tracking: Tracking
    is_active: bool
    is_restricted: bool = Field(description="For the buyers of a circle only")


class ArticlesOut(Schema):
    """The articles as they are now."""

    articles: list[ArticleOut]


class OwnPack(Schema):
    """A pack of an article and how many smallest units it holds."""

    unit: str
    pieces: int
    barcode: str


class ArticleDetail(ArticleOut):
    """An article with all that its seller tells of it."""

    category: str
    product: str
    values: dict[str, str]
    packs: list[OwnPack]
    circles: list[str]
    papers: list[PaperOut]


class PackIn(Sent):
    """A box or pallet: one `unit` holds so many smallest units."""

    unit: Line = Field(min_length=1)
    pieces: Pieces
    barcode: Line = ""


class VariantIn(Sent):
    """Of which product the article is a variant; null for none."""

    product: Line | None = None
    position: Annotated[int, Field(ge=0, le=30_000), Whole] = 0


class Gone(Schema):
    """What was taken away."""

    gone: str


@router.get("/articles", response=Page[ArticleOut])
def list_articles(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    is_active: Annotated[bool | None, Query(description="On sale, or off it")] = None,
) -> dict[str, Any]:
    """The asker's own goods by code, those off sale too."""
    rows = own.goods(request.actor)
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    return page(request, response, rows, paging, by=("code", "id"), show=_shown)


@router.put("/articles", response=ArticlesOut)
def write_articles(request: TypedRequest, payload: ArticlesIn, key: Key) -> HttpResponse:
    """Write articles down by code: new ones are made, known ones changed. All or none; a refusal
    names the field."""

    def do(at: object) -> tuple[int, ArticlesOut]:
        actor = request.actor
        wanted = [Article(**one.model_dump()) for one in payload.articles]
        made = operations.write_articles(wanted, actor=actor, seller=actor.own_org)
        fresh = own.goods(actor).in_bulk([one.pk for one in made.values()])
        shown = [_shown(fresh[made[one.code].pk]) for one in payload.articles]
        return 200, ArticlesOut.model_validate({"articles": shown})

    return write(request, key, payload, do)


@router.get("/articles/{sku}", response=ArticleDetail)
def get_article(request: TypedRequest, sku: UUID) -> dict[str, Any]:
    """An article of the asker's own with all that is told of it."""
    return _detail(own.told(request.actor, sku))


@router.put("/articles/{sku}/variant", response=ArticleDetail)
def set_variant(request: TypedRequest, sku: UUID, payload: VariantIn, key: Key) -> HttpResponse:
    """Make an article a variant of a product (`PUT /products`), or of none."""

    def do(at: object) -> tuple[int, ArticleDetail]:
        actor = request.actor
        product = own.product(actor, payload.product).pk if payload.product else None
        seller = own.told(actor, sku).sku.seller
        operations.vary(sku, actor=actor, seller=seller, product=product, position=payload.position)
        return 200, ArticleDetail.model_validate(_detail(own.told(actor, sku)))

    return write(request, key, payload, do)


@router.put("/articles/{sku}/packs", response=ArticleDetail)
def set_pack(request: TypedRequest, sku: UUID, payload: PackIn, key: Key) -> HttpResponse:
    """Write a pack of an article down by its unit."""

    def do(at: object) -> tuple[int, ArticleDetail]:
        actor = request.actor
        pack = NewPack(sku, payload.unit, payload.pieces, payload.barcode)
        operations.pack(actor=actor, seller=own.told(actor, sku).sku.seller, packs=[pack])
        return 200, ArticleDetail.model_validate(_detail(own.told(actor, sku)))

    return write(request, key, payload, do)


@router.delete("/articles/{sku}/packs/{unit}", response=Gone)
def drop_pack(request: TypedRequest, sku: UUID, unit: UnitRef, key: Key) -> HttpResponse:
    """Take a pack of an article away."""

    def do(at: object) -> tuple[int, Gone]:
        actor = request.actor
        operations.unpack(actor=actor, seller=own.told(actor, sku).sku.seller, sku=sku, unit=unit)
        return 200, Gone(gone=unit)

    return write(request, key, None, do)


@router.post("/articles/{sku}/papers", response={201: PaperOut}, openapi_extra=SENT)
def add_paper(
    request: TypedRequest,
    sku: UUID,
    key: Key,
    role: Annotated[Role, Query(description="What it is")] = "PICTURE",
) -> HttpResponse:
    """Add a picture (JPEG, PNG, WebP) or file (PDF) to an article; of a picture a small one is
    made. The same bytes sent again stay one paper."""
    name, content = sent_file(request)

    def do(at: Any) -> tuple[int, PaperOut]:
        actor = request.actor
        made = operations.attach(
            content, actor=actor, seller=own.told(actor, sku).sku.seller, name=name, role=role,
            sku=sku, at=at,
        )  # fmt: skip
        return 201, PaperOut.model_validate(_paper(made))

    digest = sha256(content + role.encode()).hexdigest()
    return write(request, key, Content(name=name, digest=digest), do)


@router.delete("/articles/{sku}/papers/{paper}", response=Gone)
def drop_paper(request: TypedRequest, sku: UUID, paper: UUID, key: Key) -> HttpResponse:
    """Take a picture or file of an article away."""

    def do(at: object) -> tuple[int, Gone]:
        actor = request.actor
        operations.detach(paper, actor=actor, seller=own.told(actor, sku).sku.seller)
        return 200, Gone(gone=str(paper))

    return write(request, key, None, do)


def _shown(sku: Any) -> dict[str, Any]:
    same = (
        "code", "name", "name_zh", "barcode", "case_quantity", "order_minimum", "order_multiple",
        "external_id", "tracking", "is_active", "is_restricted",
    )  # fmt: skip
    return {name: getattr(sku, name) for name in same} | {
        "id": sku.pk,
        "family": sku.family_id,
        "unit": sku.unit_id,
    }


def _detail(told: own.Told) -> dict[str, Any]:
    return _shown(told.sku) | {
        "category": told.category,
        "product": told.product.code if told.product else "",
        "values": told.values,
        "packs": [
            {"unit": one.unit_id, "pieces": one.pieces, "barcode": one.barcode}
            for one in told.packs
        ],
        "circles": list(told.circles),
        "papers": [_paper(one) for one in (*told.pictures, *told.papers)],
    }


def _paper(one: Any) -> dict[str, Any]:
    return {
        "id": one.pk,
        "role": one.role,
        "name": one.name,
        "content_type": one.content_type,
        "size": one.size,
    }
