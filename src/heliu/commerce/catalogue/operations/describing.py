"""Telling of goods: attributes and values, categories, products with variants, packs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.utils.translation import gettext_noop as N_

from heliu.commerce.catalogue.models import (
    Attribute,
    Category,
    Choice,
    Kind,
    Pack,
    Placement,
    Product,
    Ring,
    Value,
)
from heliu.commerce.catalogue.operations.circles import CODE, require_seller
from heliu.commerce.catalogue.operations.indexing import index
from heliu.commerce.catalogue.policies import folded
from heliu.commerce.catalogue.sheets import lineage
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.goods.models import Family, Sku, UnitOfMeasure

YES = frozenset({"yes", "true", "y", "1", "是", "有"})
NO = frozenset({"no", "false", "n", "0", "否", "无"})
MOST_WHOLE_DIGITS = 12
MOST_DECIMALS = 6
MOST_SIGNS = 200
MOST_PIECES = 1_000_000
ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class NewAttribute:
    """An attribute as its seller defines it; `choices` are (code, name, Chinese name)."""

    code: str
    name: str
    kind: str
    name_zh: str = ""
    unit: str = ""
    unit_zh: str = ""
    is_filter: bool = True
    choices: Sequence[tuple[str, str, str]] = ()
    position: int | None = None


def define(
    *, actor: Actor, seller: UUID, family: str, attributes: Sequence[NewAttribute]
) -> list[Attribute]:
    """Write attributes of a family down by code, in this order: new ones are made, known ones and
    their choices renamed. What an attribute is made of never changes (kind-fixed). Raises `Invalid`
    for what is no attribute (attribute-invalid)."""
    require_seller(seller, actor)
    for one in attributes:
        if not _is_attribute(one):
            raise Invalid(
                "attribute-invalid",
                "%(named)s is no attribute: it needs a code of small letters, a name and a kind;"
                " numbers alone have a unit, choices alone have choices.",
                field="code",
                named=one.code or "–",
            )
    known = {one.code: one for one in Attribute.objects.filter(seller=seller, family=family)}
    for wanted in attributes:
        if wanted.code in known and known[wanted.code].kind != wanted.kind:
            raise Invalid(
                "kind-fixed",
                "%(name)s is there already, made of something else.",
                field="kind",
                name=wanted.name,
                help="Give the new attribute another code.",
            )
    Attribute.objects.bulk_create(
        [
            Attribute(
                seller=seller, family_id=family, code=one.code, name=one.name,
                name_zh=one.name_zh, kind=one.kind, unit=one.unit, unit_zh=one.unit_zh,
                is_filter=one.is_filter,
                position=place if one.position is None else one.position,
            )
            for place, one in enumerate(attributes)
        ],
        update_conflicts=True,
        unique_fields=["seller", "family", "code"],
        update_fields=["name", "name_zh", "unit", "unit_zh", "is_filter", "position"],
    )  # fmt: skip
    made = {one.code: one for one in Attribute.objects.filter(seller=seller, family=family)}
    Choice.objects.bulk_create(
        [
            Choice(
                seller=seller, attribute=made[one.code], code=code, name=name, name_zh=name_zh,
                position=place,
            )
            for one in attributes
            for place, (code, name, name_zh) in enumerate(one.choices)
        ],
        update_conflicts=True,
        unique_fields=["attribute", "code"],
        update_fields=["name", "name_zh", "position"],
    )  # fmt: skip
    # Whether it filters and what its choices are called stands in the search table.
    if known:
        told = Value.objects.filter(attribute__in=[one.pk for one in known.values()])
        index(told.order_by().values_list("sku", flat=True).distinct())
    return [made[one.code] for one in attributes]


def _is_attribute(one: NewAttribute) -> bool:
    names = (one.name, one.name_zh, *(name for choice in one.choices for name in choice[1:]))
    units = (one.unit, one.unit_zh)
    return (
        ATTRIBUTE.fullmatch(one.code) is not None
        and one.kind in Kind.values
        and len(one.name) > 0
        and all(len(name) <= 120 and "\x00" not in name for name in names)
        and all(len(unit) <= 12 for unit in units)
        and (one.kind == Kind.NUMBER or not any(units))
        and (one.kind == Kind.CHOICE or not one.choices)
        and all(CODE.fullmatch(code) for code, *_ in one.choices)
    )


def value_of(attribute: Attribute, choices: Sequence[Choice], text: str) -> dict[str, object]:
    """What was written for an attribute, as the columns of a value. Raises `Invalid`.

    A choice may be named by its code or by its name in either language; a number may carry its
    unit and thousands signs; a text may be in both languages, with a bar between them.
    """
    plain = folded(text)
    if attribute.kind == Kind.TEXT:
        english, _bar, chinese = (one.strip() for one in text.partition("|"))
        if max(len(english), len(chinese)) > MOST_SIGNS or not (english or chinese):
            raise _unfit(attribute, text, N_("%(name)s is a text of up to 200 signs."))
        return {"text": english, "text_zh": chinese}
    if attribute.kind == Kind.CHOICE:
        for choice in choices:
            if plain in {folded(choice.code), folded(choice.name), folded(choice.name_zh)}:
                return {"choice": choice}
        raise _unfit(attribute, text, N_("%(text)s is none of the choices of %(name)s."))
    if attribute.kind == Kind.BOOL:
        if plain in YES | NO:
            return {"flag": plain in YES}
        raise _unfit(attribute, text, N_("%(name)s is yes or no, not %(text)s."))
    for unit in filter(None, (attribute.unit, attribute.unit_zh)):
        plain = plain.removesuffix(folded(unit)).strip()
    try:
        number = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        raise _unfit(attribute, text, N_("%(text)s is no number for %(name)s.")) from None
    exponent = number.as_tuple().exponent
    if (
        not isinstance(exponent, int)
        or exponent < -MOST_DECIMALS
        or (number and number.adjusted() >= MOST_WHOLE_DIGITS)
    ):
        raise _unfit(attribute, text, N_("%(text)s is no number for %(name)s."))
    return {"number": number}


def _unfit(attribute: Attribute, text: str, words: str) -> Invalid:
    return Invalid("value-unfit", words, field=attribute.code, text=text, name=attribute.display)


def tell(
    *, actor: Actor, seller: UUID, values: Mapping[UUID, Mapping[str, str]], reindex: bool = True
) -> None:
    """Write the values of goods down, by SKU and attribute code; an empty text takes one away.

    Raises `Invalid` for an attribute that the family has not and for a value that does not fit,
    `NotFound` for goods of others.
    """
    require_seller(seller, actor)
    skus = {one.pk: one for one in Sku.objects.filter(pk__in=values, seller=seller)}
    if len(skus) < len(values):
        raise NotFound()
    families = {one.family_id for one in skus.values()}
    attributes = {
        (one.family_id, one.code): one
        for one in Attribute.objects.filter(seller=seller, family__in=families).prefetch_related(
            "choices"
        )
    }
    rows, gone = [], []
    for sku, texts in values.items():
        for code, text in texts.items():
            attribute = attributes.get((skus[sku].family_id, code))
            if attribute is None and not text.strip():
                continue  # there is nothing to take away
            if attribute is None:
                raise Invalid(
                    "attribute-unknown",
                    "Goods of this family have no attribute %(named)s.",
                    field=code,
                    named=code,
                )
            if not text.strip():
                gone.append((sku, attribute.pk))
                continue
            columns = value_of(attribute, list(attribute.choices.all()), text)
            rows.append(Value(seller=seller, sku_id=sku, attribute=attribute, **columns))
    for sku, gone_attribute in gone:
        Value.objects.filter(sku=sku, attribute=gone_attribute).delete()
    Value.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["sku", "attribute"],
        update_fields=["text", "text_zh", "number", "choice", "flag"],
    )
    if reindex:
        index(values)


def grow(
    *, actor: Actor, seller: UUID, branches: Sequence[tuple[str, str, str, str]], first: int = 0
) -> dict[str, Category]:
    """Write categories down as (code, code of the one above or '', name, Chinese name), those above
    before those below; new ones are made, known ones renamed and hung where they are wanted now.

    They stand in this order, from `first` on. Returns all by code. Raises `Invalid`
    (category-unknown, category-loop).
    """
    require_seller(seller, actor)
    known = {one.code: one for one in Category.objects.filter(seller=seller)}
    before = {one.pk: (one.name, one.name_zh, one.parent_id) for one in known.values()}
    for place, (code, above, name, name_zh) in enumerate(branches, first):
        if not CODE.fullmatch(code) or not name or max(len(name), len(name_zh)) > 120:
            raise Invalid(
                "category-invalid",
                "%(named)s is no category: it needs a code and a name.",
                field="category",
                named=code or "–",
            )
        if above and above not in known:
            raise Invalid(
                "category-unknown", "There is no category %(named)s.", field="category", named=above
            )
        one = known.get(code) or Category(seller=seller, code=code)
        one.name, one.name_zh, one.position = name, name_zh, place
        one.parent = known[above] if above else None
        step: Category | None = one.parent
        while step is not None:
            if step.code == code:
                raise Invalid(
                    "category-loop",
                    "The category %(named)s would stand in itself.",
                    field="category",
                    named=code,
                )
            step = next((up for up in known.values() if up.pk == step.parent_id), None)
        one.save()
        known[code] = one
    tree = {one.pk: one for one in known.values()}
    changed = {
        pk for pk, was in before.items()
        if was != (tree[pk].name, tree[pk].name_zh, tree[pk].parent_id)
    }  # fmt: skip
    below = [pk for pk in tree if changed & {one.pk for one in lineage(tree, pk)}]
    index(Placement.objects.filter(category__in=below).values_list("pk", flat=True))
    return known


@dataclass(frozen=True)
class NewProduct:
    """A product as its seller writes it; `axes` are attribute codes, `variants` SKUs in their order
    (None: as they are)."""

    code: str
    name: str
    family: str
    variants: Sequence[UUID] | None
    name_zh: str = ""
    about: str = ""
    about_zh: str = ""
    axes: Sequence[str] = ()


def gather(
    *, actor: Actor, seller: UUID, products: Sequence[NewProduct], reindex: bool = True
) -> list[Product]:
    """Write products down by code and let these SKUs, and no others, be their variants.

    Raises `NotFound` for goods of others, `Invalid` (product-invalid, code-twice, variant-twice,
    family-unknown, and axes-unfit for an axis that the family has not or more than two).
    """
    require_seller(seller, actor)
    named = [sku for one in products for sku in one.variants or ()]
    wanted = set(named)
    if len(wanted) < len(named):
        raise Invalid("variant-twice", "An article is a variant of one product.", field="variants")
    if len({one.code for one in products}) < len(products):
        raise Invalid("code-twice", "One code stands here twice.", field="code")
    if not all(map(_is_product, products)):
        raise Invalid(
            "product-invalid",
            "A product needs a code of up to 40 signs and a name of up to 120.",
            field="code",
        )
    if Sku.objects.filter(pk__in=wanted, seller=seller).count() < len(wanted):
        raise NotFound()
    families = {one.family for one in products}
    if Family.objects.filter(code__in=families).count() < len(families):
        raise Invalid("family-unknown", "There is no such family of goods.", field="family")
    axes = set(Attribute.objects.filter(seller=seller).values_list("family", "code"))
    for one in products:
        if len(one.axes) > 2 or any((one.family, axis) not in axes for axis in one.axes):
            raise Invalid(
                "axes-unfit",
                "Variants differ in one or two attributes of their family.",
                field="axes",
            )
    Product.objects.bulk_create(
        [
            Product(
                seller=seller, code=one.code, name=one.name, name_zh=one.name_zh,
                family_id=one.family, about=one.about, about_zh=one.about_zh, axes=list(one.axes),
            )
            for one in products
        ],
        update_conflicts=True,
        unique_fields=["seller", "code"],
        update_fields=["name", "name_zh", "family", "about", "about_zh", "axes"],
    )  # fmt: skip
    made = {
        one.code: one
        for one in Product.objects.filter(seller=seller, code__in=[one.code for one in products])
    }
    whole = [made[one.code] for one in products if one.variants is not None]
    left = Placement.objects.filter(product__in=whole).exclude(pk__in=wanted)
    told = wanted | set(left.values_list("pk", flat=True))
    kept = [made[one.code] for one in products if one.variants is None]
    told |= set(Placement.objects.filter(product__in=kept).values_list("pk", flat=True))
    left.update(product=None)
    Placement.objects.bulk_create(
        [
            Placement(sku_id=sku, seller=seller, product=made[one.code], position=place)
            for one in products
            for place, sku in enumerate(one.variants or ())
        ],
        update_conflicts=True,
        unique_fields=["sku"],
        update_fields=["product", "position"],
    )
    if reindex:
        index(told)
    return [made[one.code] for one in products]


def _is_product(one: NewProduct) -> bool:
    return (
        bool(one.code and one.name)
        and len(one.code) <= 40
        and max(len(one.name), len(one.name_zh)) <= 120
        and "\x00" not in f"{one.code}{one.name}{one.name_zh}{one.about}{one.about_zh}"
    )


def place(
    *, actor: Actor, seller: UUID, categories: Mapping[UUID, str], reindex: bool = True
) -> None:
    """Hang SKUs into categories by code ('' takes one out). Raises `NotFound`, `Invalid`."""
    require_seller(seller, actor)
    if Sku.objects.filter(pk__in=categories, seller=seller).count() < len(categories):
        raise NotFound()
    known = dict(Category.objects.filter(seller=seller).values_list("code", "pk"))
    for code in categories.values():
        if code and code not in known:
            raise Invalid(
                "category-unknown", "There is no category %(named)s.", field="category", named=code
            )
    Placement.objects.bulk_create(
        [
            Placement(sku_id=sku, seller=seller, category_id=known[code] if code else None)
            for sku, code in categories.items()
        ],
        update_conflicts=True,
        unique_fields=["sku"],
        update_fields=["category"],
    )
    if reindex:
        index(categories)


@dataclass(frozen=True)
class NewPack:
    """A box or pallet as its seller writes it: one `unit` holds so many smallest units of `sku`."""

    sku: UUID
    unit: str
    pieces: int
    barcode: str = ""


def pack(*, actor: Actor, seller: UUID, packs: Sequence[NewPack], reindex: bool = True) -> None:
    """Write packs down by SKU and unit. Raises `NotFound` for goods of others, `Invalid` for a unit
    that is not known and for a pack that holds nothing."""
    require_seller(seller, actor)
    skus = {one.sku for one in packs}
    if Sku.objects.filter(pk__in=skus, seller=seller).count() < len(skus):
        raise NotFound()
    units = set(UnitOfMeasure.objects.values_list("code", flat=True))
    for one in packs:
        if one.unit not in units:
            raise Invalid(
                "unit-unknown", "There is no unit %(named)s.", field="unit", named=one.unit
            )
        if not 1 <= one.pieces <= MOST_PIECES:
            raise Invalid("pack-empty", "A pack holds one piece at least.", field="pieces")
        if len(one.barcode) > 14 or not (one.barcode or "0").isdecimal():
            raise Invalid("barcode-invalid", "A barcode has up to 14 figures.", field="barcode")
    Pack.objects.bulk_create(
        [
            Pack(
                seller=seller, sku_id=one.sku, unit_id=one.unit, pieces=one.pieces,
                barcode=one.barcode,
            )
            for one in packs
        ],
        update_conflicts=True,
        unique_fields=["sku", "unit"],
        update_fields=["pieces", "barcode"],
    )  # fmt: skip
    if reindex:
        index(skus)


def add_ring(*, actor: Actor, seller: UUID, words: Sequence[str]) -> Ring:
    """Let words of this seller's catalogue mean the same; its goods are found by any of them."""
    require_seller(seller, actor)
    plain = list(dict.fromkeys(filter(None, (folded(word)[:60] for word in words))))
    if len(plain) < 2:
        raise Invalid("ring-short", "A ring of synonyms has two words at least.", field="words")
    made = Ring.objects.create(seller=seller, words=plain)
    index(Sku.objects.filter(seller=seller).values_list("pk", flat=True))
    return made
