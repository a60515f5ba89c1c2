"""Keeping the search table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from heliu.commerce.catalogue import rings
from heliu.commerce.catalogue.models import Category, Kind, Pack, Placement, Ring, Value
from heliu.commerce.catalogue.policies import alike, folded, line_of, words_in, words_of
from heliu.commerce.catalogue.sheets import lineage
from heliu.kernel.goods.models import Sku

ENTER = "select catalogue_enter(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[])"


def index(sku_ids: Iterable[UUID]) -> None:
    """Make these SKUs findable as they are now, or unfindable when they are no longer active.

    Whoever writes a SKU or what is told of it calls this in the same transaction; it changes only
    the goods of sellers the door is open for. Seven statements for any number.
    """
    skus = list(Sku.objects.select_related("family").filter(pk__in=list(sku_ids)))
    if not skus:
        return
    told = _told({sku.pk for sku in skus}, {sku.seller for sku in skus})
    columns: list[list[object]] = [[], [], [], [], []]
    for sku in skus:
        one = told[sku.pk]
        title = words_of(code=sku.code, barcode=sku.barcode, name=sku.name, name_zh=sku.name_zh)
        texts = [sku.family.name, sku.family.name_zh, *one.texts]
        same = alike([sku.name, sku.name_zh, *one.texts], one.rings)
        text = line_of([*title.split(), *one.codes, *words_in(*texts, *same)])
        facets = [f"family={sku.family_id}", *one.facets]
        row = (sku.pk, folded(sku.code), title, text, "\n".join(facets))
        for column, cell in zip(columns, row, strict=True):
            column.append(cell)
    with connection.cursor() as cursor:
        cursor.execute(ENTER, columns)


@dataclass
class _Told:
    """What is told of an article beside its names."""

    texts: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    facets: list[str] = field(default_factory=list)
    rings: Sequence[Sequence[str]] = ()


def _told(skus: set[UUID], sellers: set[UUID]) -> dict[UUID, _Told]:
    own = Ring.objects.filter(seller__in=sellers).values_list("seller", "words")
    by_seller: dict[UUID, list[Sequence[str]]] = defaultdict(lambda: list(rings.of_the_house()))
    for seller, words in own:
        by_seller[seller].append(words)
    told: dict[UUID, _Told] = {}
    for pk, seller in Sku.objects.filter(pk__in=skus).values_list("pk", "seller"):
        told[pk] = _Told(rings=by_seller[seller])
    tree = {one.pk: one for one in Category.objects.filter(seller__in=sellers)}
    for placed in Placement.objects.filter(sku__in=skus).select_related("product"):
        one = told[placed.sku_id]
        for category in lineage(tree, placed.category_id):
            one.facets.append(f"category={category.code}")
            one.texts += [category.name, category.name_zh]
        if placed.product is not None:
            one.texts += [placed.product.name, placed.product.name_zh]
            one.codes.append(folded(placed.product.code))
    for value in Value.objects.filter(sku__in=skus).select_related("attribute", "choice"):
        one = told[value.sku_id]
        if value.attribute.is_filter and value.attribute.kind != Kind.TEXT:
            one.facets.append(f"a.{value.attribute.code}={value.token}")
        if value.choice is not None:
            one.texts += [value.choice.name, value.choice.name_zh]
        one.texts += [value.text, value.text_zh]
    for sku, barcode in Pack.objects.filter(sku__in=skus).values_list("sku", "barcode"):
        told[sku].codes.append(folded(barcode))
    return told
