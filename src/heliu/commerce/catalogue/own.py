"""A seller's own catalogue as it keeps it: what is off sale too, and values as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from heliu.commerce.catalogue.models import (
    Attribute,
    Category,
    Circle,
    CircleGoods,
    Kind,
    Pack,
    Paper,
    Placement,
    Product,
    Ring,
    Role,
    SheetImport,
    SheetKind,
    Value,
)
from heliu.commerce.catalogue.models.placed import Shop
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.goods.models import Family, Sku, Tracking, UnitOfMeasure


def goods(actor: Actor) -> QuerySet[Sku]:
    """The actor's own goods, on sale or not."""
    found = Sku.objects.select_related("family", "unit")
    return found if actor.is_system else found.filter(seller__in=actor.orgs)


def article(actor: Actor, sku_id: UUID) -> Sku:
    """An article of the actor's own, or `NotFound`."""
    found = goods(actor).filter(pk=sku_id).first()
    if found is None:
        raise NotFound()
    return found


def attributes(actor: Actor, *, family: str = "") -> QuerySet[Attribute]:
    """What the actor tells of its goods, of a family or of all, in their order."""
    found = _own(Attribute.objects.prefetch_related("choices"), actor)
    found = found.filter(family=family) if family else found
    return found.order_by("family", "position", "code")


def categories(actor: Actor) -> QuerySet[Category]:
    """The actor's categories in the order in which they were written."""
    return _own(Category.objects.all(), actor).order_by("position", "code")


def branches(actor: Actor) -> list[tuple[Category, int]]:
    """The actor's categories as a tree: each with its depth, below the one above it."""
    tree = list(categories(actor))
    found: list[tuple[Category, int]] = []

    def grow(above: UUID | None, depth: int) -> None:
        for one in tree:
            if one.parent_id == above:
                found.append((one, depth))
                grow(one.pk, depth + 1)

    grow(None, 0)
    return found


def products(actor: Actor) -> QuerySet[Product]:
    """The actor's products, by code."""
    return _own(Product.objects.all(), actor).order_by("code")


def circles(actor: Actor) -> QuerySet[Circle]:
    """The actor's circles with how many buyers and goods are in each (`buyers_n`, `goods_n`)."""
    return (
        _own(Circle.objects.all(), actor)
        .annotate(buyers_n=Count("members", distinct=True), goods_n=Count("goods", distinct=True))
        .order_by("code")
    )


def rings(actor: Actor) -> QuerySet[Ring]:
    """The actor's own rings of synonyms."""
    return _own(Ring.objects.all(), actor).order_by("pk")


def shop(actor: Actor, seller: UUID) -> Shop:
    """What a seller shows to everybody; where nothing was ever said, nothing."""
    return _own(Shop.objects.all(), actor).filter(pk=seller).first() or Shop(seller=seller)


def imports(actor: Actor) -> QuerySet[SheetImport]:
    """The sheets the actor's houses brought, the newest first."""
    return _own(SheetImport.objects.all(), actor).order_by("-brought_at", "-pk")


def imported(actor: Actor, pk: UUID) -> SheetImport:
    """A sheet that the actor's houses brought, or `NotFound`."""
    found = imports(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def families() -> QuerySet[Family]:
    """The platform's families of goods."""
    return Family.objects.order_by("code")


def units() -> QuerySet[UnitOfMeasure]:
    """The units goods and packs are counted in."""
    return UnitOfMeasure.objects.order_by("code")


def trackings() -> list[tuple[str, str]]:
    """How pieces of an article may be told apart, in the reader's language."""
    return [(str(value), str(label)) for value, label in Tracking.choices]


def kinds() -> list[tuple[str, str]]:
    """What attributes may be made of, in the reader's language."""
    return [(str(value), str(label)) for value, label in Kind.choices]


def roles() -> list[tuple[str, str]]:
    """What pictures and files of goods are for, in the reader's language."""
    return [(str(value), str(label)) for value, label in Role.choices]


def sheet_kinds() -> list[tuple[str, str]]:
    """What the rows of a sheet may be, in the reader's language."""
    return [(str(value), str(label)) for value, label in SheetKind.choices]


@dataclass(frozen=True)
class Told:
    """An article as its seller keeps it: `values` as they are written, `circles` by code."""

    sku: Sku
    category: str
    product: Product | None
    position: int
    attributes: Sequence[Attribute]
    values: dict[str, str]
    packs: Sequence[Pack]
    pictures: Sequence[Paper]
    papers: Sequence[Paper]
    circles: Sequence[str]


def told(actor: Actor, sku_id: UUID) -> Told:
    """All that the actor tells of an article of its own, or `NotFound`. Eight statements."""
    sku = article(actor, sku_id)
    placed = Placement.objects.select_related("category", "product").filter(pk=sku.pk).first()
    papers = list(Paper.objects.filter(sku=sku).order_by("position", "id"))
    return Told(
        sku=sku,
        category=placed.category.code if placed and placed.category else "",
        product=placed.product if placed else None,
        position=placed.position if placed else 0,
        attributes=list(attributes(actor, family=sku.family_id).filter(seller=sku.seller)),
        values=values_of([sku.pk]).get(sku.pk, {}),
        packs=list(Pack.objects.filter(sku=sku).select_related("unit").order_by("pieces")),
        pictures=[one for one in papers if one.role == Role.PICTURE],
        papers=[one for one in papers if one.role != Role.PICTURE],
        circles=list(
            CircleGoods.objects.filter(sku=sku)
            .order_by("circle__code")
            .values_list("circle__code", flat=True)
        ),
    )


def paper(actor: Actor, paper_id: UUID) -> Paper:
    """A picture or file of the actor's own goods, or `NotFound`."""
    found = _own(Paper.objects.all(), actor).filter(pk=paper_id).first()
    if found is None:
        raise NotFound()
    return found


def family(code: str) -> Family:
    """A family of goods, or `NotFound`."""
    found = Family.objects.filter(pk=code).first()
    if found is None:
        raise NotFound()
    return found


def product(actor: Actor, code: str) -> Product:
    """A product of the actor's own, or `NotFound`."""
    found = products(actor).filter(code=code).first()
    if found is None:
        raise NotFound()
    return found


def variants_of(wanted: Iterable[Product]) -> dict[UUID, list[UUID]]:
    """By product the articles that are its variants, in their order."""
    found: dict[UUID, list[UUID]] = {}
    placed = Placement.objects.filter(product__in=[one.pk for one in wanted])
    rows = placed.order_by("position", "sku__code").values_list("product", "pk")
    for product_id, sku in rows:
        if product_id is not None:
            found.setdefault(product_id, []).append(sku)
    return found


def values_of(skus: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """By article and attribute the values as they are written; one statement."""
    found: dict[UUID, dict[str, str]] = {}
    rows = Value.objects.filter(sku__in=list(skus)).select_related("attribute", "choice")
    for value in rows.order_by("sku", "attribute__position", "attribute__code"):
        found.setdefault(value.sku_id, {})[value.attribute.code] = written(value)
    return found


def written(value: Value) -> str:
    """A value as `tell` reads it back."""
    if value.attribute.kind != Kind.TEXT:
        return value.token
    return f"{value.text}|{value.text_zh}" if value.text_zh else value.text


def choices_written(attribute: Attribute) -> str:
    """The choices of an attribute as `choices_read` reads them back: `red=Red=红色; blue=Blue`."""
    rows = sorted(attribute.choices.all(), key=lambda one: (one.position, one.code))
    return "; ".join(
        "=".join([one.code, one.name, *([one.name_zh] if one.name_zh else [])]) for one in rows
    )


def choices_read(text: str) -> list[tuple[str, str, str]]:
    """Choices as somebody wrote them: code, name, Chinese name; a name alone is its own code."""
    found = []
    for one in text.replace("；", ";").replace("\n", ";").split(";"):
        code, name, name_zh, *_ = [*(part.strip() for part in one.split("=")), "", "", ""]
        if code:
            found.append((code, name or code, name_zh))
    return found


def _own[Q: QuerySet](found: Q, actor: Actor) -> Q:  # type: ignore[type-arg]
    return found if actor.is_system else found.filter(seller__in=actor.orgs)
