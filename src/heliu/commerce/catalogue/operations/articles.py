"""Articles as their seller writes them: one on its page, or thousands from a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from heliu.commerce.catalogue.models import Placement, Value
from heliu.commerce.catalogue.operations.circles import require_seller
from heliu.commerce.catalogue.operations.describing import place, tell
from heliu.commerce.catalogue.operations.indexing import index
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.goods import operations as goods
from heliu.kernel.goods.models import Family, Sku, Tracking, UnitOfMeasure

LONGEST = {"code": 40, "name": 200, "name_zh": 200, "barcode": 14, "external_id": 80}
MOST_PIECES = 1_000_000


@dataclass(frozen=True)
class Article:
    """An article as it shall be; what is None stays as it is, or gets its usual value when the
    article is new. `category` '' takes it out of its category, a value '' takes that away.
    `values` are texts by attribute code, as `tell` reads them."""

    code: str
    name: str | None = None
    name_zh: str | None = None
    barcode: str | None = None
    family: str | None = None
    unit: str | None = None
    case_quantity: int | None = None
    order_minimum: int | None = None
    order_multiple: int | None = None
    external_id: str | None = None
    tracking: str | None = None
    is_active: bool | None = None
    category: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def write_articles(articles: Sequence[Article], *, actor: Actor, seller: UUID) -> dict[str, Sku]:
    """Write articles down by code: new ones are made, known ones changed, all of them or none.

    An article that moves to another family loses the values of attributes that family has not. At
    most some twenty statements for any number. Raises `Invalid` (article-invalid, code-twice,
    name-missing, barcode-invalid, family-unknown, unit-unknown, category-unknown, value-unfit …)
    with the field at fault. Returns the goods by code.
    """
    require_seller(seller, actor)
    codes = [one.code for one in articles]
    if len(set(codes)) < len(codes):
        raise Invalid("code-twice", "One code stands here twice.", field="code")
    known = {
        sku.code: sku
        for sku in Sku.objects.select_for_update()
        .filter(seller=seller, code__in=codes)
        .order_by("pk")
    }
    wanted = [_merged(one, known.get(one.code)) for one in articles]
    _check(wanted)
    made = {sku.code: sku for sku in _entered(wanted, known, actor, seller)}
    for state in (True, False):
        ids = [made[one.code].pk for one in articles if one.is_active is state]
        goods.switch(ids, seller=seller, actor=actor, is_active=state)
    moved = [
        sku.pk for sku in made.values()
        if sku.code in known and known[sku.code].family_id != sku.family_id
    ]  # fmt: skip
    if moved:
        Value.objects.filter(sku__in=moved).exclude(attribute__family=F("sku__family")).delete()
    values = {made[one.code].pk: one.values for one in articles if one.values}
    if values:
        tell(actor=actor, seller=seller, values=values, reindex=False)
    placed = {made[one.code].pk: one.category for one in articles if one.category is not None}
    if placed:
        place(actor=actor, seller=seller, categories=placed, reindex=False)
    index(sku.pk for sku in made.values())
    return made


def switch(skus: Iterable[UUID], *, actor: Actor, seller: UUID, is_active: bool) -> None:
    """Put articles on sale or take them off; what was ordered goes on. `NotFound` for others'."""
    require_seller(seller, actor)
    wanted = list(skus)
    goods.switch(wanted, seller=seller, actor=actor, is_active=is_active)
    index(wanted)


def vary(sku: UUID, *, actor: Actor, seller: UUID, product: UUID | None, position: int = 0) -> None:
    """Make an article a variant of a product, or of none. `NotFound` for goods of others."""
    require_seller(seller, actor)
    if not Sku.objects.filter(pk=sku, seller=seller).exists():
        raise NotFound()
    Placement.objects.update_or_create(
        pk=sku, defaults={"seller": seller, "product_id": product, "position": position}
    )
    index([sku])


def begin_family(*, actor: Actor, seller: UUID, code: str, name: str, name_zh: str = "") -> Family:
    """Begin a family of goods. Families are the whole platform's: who begins one names it.

    Raises `Invalid` for a code that is none, `Refused` (code-taken).
    """
    require_seller(seller, actor)
    if not goods.is_code(code) or not name.strip():
        raise Invalid(
            "family-invalid",
            "A family needs a name and a code of small letters, figures and hyphens.",
            field="code",
        )
    if Family.objects.filter(pk=code).exists():
        raise Refused("code-taken", "There is a family %(named)s.", field="code", named=code)
    return Family.objects.create(code=code, name=name.strip(), name_zh=(name_zh or name).strip())


def _merged(wanted: Article, there: Sku | None) -> goods.NewSku:
    """What an article will be when what was not said stays."""
    usual = goods.NewSku(code=wanted.code, name="", tracking="")

    def said(name: str) -> object:
        value = getattr(wanted, name)
        if value is not None:
            return value.strip() if isinstance(value, str) else value
        column = {"family": "family_id", "unit": "unit_id"}.get(name, name)
        return getattr(there, column) if there is not None else getattr(usual, name)

    names = (
        "name", "name_zh", "barcode", "family", "unit", "case_quantity", "order_minimum",
        "order_multiple", "external_id", "tracking",
    )  # fmt: skip
    return goods.NewSku(code=wanted.code, **{name: said(name) for name in names})  # type: ignore[arg-type]


def _entered(
    wanted: Sequence[goods.NewSku], known: Mapping[str, Sku], actor: Actor, seller: UUID
) -> list[Sku]:
    """The goods as they are written. Pieces begin to be told apart at any time; otherwise that
    changes only while none lies anywhere: the database says so, and here it is said kindly."""
    changed = [
        one.code for one in wanted
        if one.code in known and one.tracking != known[one.code].tracking
    ]  # fmt: skip
    if not changed:
        return goods.enter(wanted, actor=actor, seller=seller)
    try:
        with transaction.atomic():
            return goods.enter(wanted, actor=actor, seller=seller)
    except IntegrityError as error:
        if "tracking_fixed" not in str(error):
            raise
        raise Refused(
            "tracking-fixed",
            "Pieces of %(goods)s lie in a house or are on their way.",
            field="tracking",
            help="How they are told apart changes when none is left.",
            goods=changed[0],
        ) from error


def _check(wanted: Sequence[goods.NewSku]) -> None:
    for one in wanted:
        if not one.code:
            raise Invalid("code-missing", "The code is missing.", field="code")
        for name, most in LONGEST.items():
            if len(getattr(one, name)) > most or "\x00" in getattr(one, name):
                raise Invalid(
                    "text-too-long", "This may have %(most)s signs at most.", field=name, most=most
                )
        if not (one.name or one.name_zh):
            raise Invalid("name-missing", "An article needs a name.", field="name")
        if one.tracking not in Tracking.values:
            raise Invalid("choice-unknown", "There is no such choice.", field="tracking")
        if one.barcode and not (one.barcode.isascii() and one.barcode.isdecimal()):
            raise Invalid("barcode-invalid", "A barcode has up to 14 figures.", field="barcode")
        for name in ("case_quantity", "order_minimum", "order_multiple"):
            if not 1 <= getattr(one, name) <= MOST_PIECES:
                raise Invalid(
                    "pieces-invalid", "This is a whole number from 1 to a million.", field=name
                )
    _known(Family, {one.family for one in wanted}, "family")
    _known(UnitOfMeasure, {one.unit for one in wanted}, "unit")


def _known(of: type[Family] | type[UnitOfMeasure], codes: set[str], name: str) -> None:
    missing = codes - set(of.objects.filter(pk__in=codes).values_list("pk", flat=True))
    if not missing:
        return
    words = {
        "family": "There is no family %(named)s.",
        "unit": "There is no unit %(named)s.",
    }
    raise Invalid(f"{name}-unknown", words[name], field=name, named=min(missing))
