"""All that is told of an article: its place, variants, values, packs, pictures and papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from heliu.commerce.catalogue.models import (
    Attribute,
    Category,
    Pack,
    Paper,
    Placement,
    Product,
    Role,
    Value,
)
from heliu.commerce.catalogue.queries import visible_to
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.files.models import StoredFile
from heliu.kernel.goods.models import Sku

MOST_COMPARED = 4


@dataclass(frozen=True)
class Grid:
    """The variants of a product by one or two attributes: a column for each value of the first, a
    row for each of the second; where there is no such variant, nothing."""

    axes: Sequence[Attribute]
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Sku | None]]]


@dataclass(frozen=True)
class Sheet:
    """An article with all that is told of it."""

    sku: Sku
    product: Product | None
    lineage: Sequence[Category]
    values: Sequence[Value]
    packs: Sequence[Pack]
    pictures: Sequence[Paper]
    papers: Sequence[Paper]
    variants: Sequence[Sku]
    grid: Grid | None


def sheet(actor: Actor, sku_id: UUID) -> Sheet:
    """The sheet of an article the actor may see, or `NotFound`. Nine statements at most."""
    sku = visible_to(actor).select_related("family", "unit").filter(pk=sku_id).first()
    if sku is None:
        raise NotFound()
    placed = Placement.objects.select_related("product").filter(pk=sku.pk).first()
    product = placed.product if placed else None
    tree = Category.objects.filter(seller=sku.seller) if placed and placed.category_id else ()
    papers = list(
        Paper.objects.filter(
            Q(sku=sku) | Q(product=product) if product else Q(sku=sku)
        ).order_by("sku", "position", "id")
    )  # fmt: skip
    variants = _variants(actor, product) if product else []
    return Sheet(
        sku=sku,
        product=product,
        lineage=lineage({one.pk: one for one in tree}, placed.category_id if placed else None),
        values=list(
            Value.objects.filter(sku=sku)
            .select_related("attribute", "choice")
            .order_by("attribute__position", "attribute__code")
        ),
        packs=list(Pack.objects.filter(sku=sku).select_related("unit").order_by("pieces")),
        pictures=[one for one in papers if one.role == Role.PICTURE],
        papers=[one for one in papers if one.role != Role.PICTURE],
        variants=variants,
        grid=_grid(product, variants) if product and len(variants) > 1 else None,
    )


def lineage(tree: dict[UUID, Category], leaf: UUID | None) -> list[Category]:
    """A category and those above it, the highest first."""
    found: list[Category] = []
    while leaf is not None and leaf in tree and tree[leaf] not in found:
        found.insert(0, tree[leaf])
        leaf = tree[leaf].parent_id
    return found


def compared(
    actor: Actor, sku_ids: Sequence[UUID]
) -> tuple[list[Sku], list[tuple[str, list[str]]]]:
    """Up to four articles side by side: (attribute, its value for each or ''). Those the actor may
    not see are left out. Three statements."""
    found = visible_to(actor).select_related("family", "unit").in_bulk(sku_ids[:MOST_COMPARED])
    skus = [found[one] for one in dict.fromkeys(sku_ids) if one in found]
    lines: dict[str, tuple[str, dict[UUID, str]]] = {}
    values = Value.objects.filter(sku__in=[sku.pk for sku in skus])
    for value in values.select_related("attribute", "choice").order_by(
        "attribute__position", "attribute__code"
    ):
        _, by_sku = lines.setdefault(value.attribute.code, (value.attribute.display, {}))
        by_sku[value.sku_id] = value.display
    return skus, [
        (label, [by_sku.get(sku.pk, "") for sku in skus]) for label, by_sku in lines.values()
    ]


def packs_of(skus: Iterable[UUID]) -> dict[UUID, list[Pack]]:
    """The packs of articles the caller may see, the smallest first; one statement."""
    found: dict[UUID, list[Pack]] = {}
    for pack in Pack.objects.filter(sku__in=list(skus)).select_related("unit").order_by("pieces"):
        found.setdefault(pack.sku_id, []).append(pack)
    return found


def first_pictures(skus: Iterable[UUID]) -> dict[UUID, Paper]:
    """The first picture of each article or else of its product; two statements."""
    wanted = list(skus)
    products = dict(
        Placement.objects.filter(pk__in=wanted, product__isnull=False).values_list("pk", "product")
    )
    shown = Paper.objects.filter(
        Q(sku__in=wanted) | Q(product__in=set(products.values())), role=Role.PICTURE
    )
    own: dict[UUID, Paper] = {}
    for paper in shown.order_by("-position", "-id"):
        subject = paper.sku_id or paper.product_id
        assert subject is not None
        own[subject] = paper
    found = {sku: own.get(sku) or own.get(products.get(sku, sku)) for sku in wanted}
    return {sku: paper for sku, paper in found.items() if paper is not None}


def paper(actor: Actor, paper_id: UUID) -> Paper:
    """A picture or paper of goods the actor may see, or `NotFound`."""
    found = Paper.objects.filter(pk=paper_id).first()
    if found is not None:
        seen = visible_to(actor)
        if found.product_id:
            variants = Placement.objects.filter(product=found.product_id).values("pk")
            is_seen = seen.filter(pk__in=variants).exists()
        else:
            is_seen = found.sku_id is not None and seen.filter(pk=found.sku_id).exists()
        if is_seen:
            return found
    raise NotFound()


def as_file(found: Paper, *, small: bool = False) -> StoredFile:
    """The file of a paper as it is served; `small` is the small picture of a picture."""
    if small and found.thumb_digest:
        return StoredFile(digest=found.thumb_digest, content_type="image/webp", name=found.name)
    return StoredFile(digest=found.digest, content_type=found.content_type, name=found.name)


def _variants(actor: Actor, product: Product) -> list[Sku]:
    """The variants the actor may see, in the seller's order."""
    places = dict(Placement.objects.filter(product=product).values_list("pk", "position"))
    found = visible_to(actor).filter(pk__in=places).select_related("unit")
    return sorted(found, key=lambda sku: (places[sku.pk], sku.code))


def _grid(product: Product, variants: Sequence[Sku]) -> Grid | None:
    """The grid, if the product says in which attributes its variants differ and each has them."""
    if not product.axes:
        return None
    values: dict[tuple[UUID, str], Value] = {}
    axes: dict[str, Attribute] = {}
    for value in Value.objects.filter(
        sku__in=[sku.pk for sku in variants], attribute__code__in=product.axes
    ).select_related("attribute", "choice"):
        values[value.sku_id, value.attribute.code] = value
        axes[value.attribute.code] = value.attribute
    if any((sku.pk, axis) not in values for sku in variants for axis in product.axes):
        return None
    first, *rest = product.axes

    def labels(axis: str) -> list[str]:
        found = {values[sku.pk, axis].display: values[sku.pk, axis] for sku in variants}
        return sorted(found, key=lambda one: _place(found[one]))

    columns = labels(first)
    cells = {tuple(values[sku.pk, axis].display for axis in product.axes): sku for sku in variants}
    if len(cells) < len(variants):
        return None
    rows = labels(rest[0]) if rest else [""]
    return Grid(
        axes=[axes[axis] for axis in product.axes],
        columns=columns,
        rows=[
            (row, [cells.get((column, row) if rest else (column,)) for column in columns])
            for row in rows
        ],
    )


def _place(value: Value) -> tuple[object, ...]:
    if value.choice is not None:
        return (value.choice.position, value.choice.code)
    return (value.number,) if value.number is not None else (value.display,)
