"""The sheets of a catalogue: what their columns are called, what a row says, and rows for a sheet.

What `rows_of` writes `Reader` reads: a sheet that was taken away can be brought in again. A column
that is not there leaves what stands; an empty cell of a text takes it away, of a number it stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from heliu.commerce.catalogue import own
from heliu.commerce.catalogue.models import Kind, Pack, Placement, SheetKind
from heliu.commerce.catalogue.operations.articles import Article
from heliu.commerce.catalogue.operations.describing import NO, YES, NewAttribute, NewProduct
from heliu.commerce.catalogue.policies import folded
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid

NUMBERS = ("case_quantity", "order_minimum", "order_multiple")
COLUMNS: dict[str, tuple[str, ...]] = {
    SheetKind.ARTICLES: (
        "code", "name", "name_zh", "barcode", "family", "unit", *NUMBERS, "external_id", "active",
        "category", "tracking",
    ),
    SheetKind.ATTRIBUTES: (
        "family", "code", "name", "name_zh", "kind", "unit", "unit_zh", "filter", "choices",
    ),
    SheetKind.CATEGORIES: ("code", "above", "name", "name_zh"),
    SheetKind.PACKS: ("code", "unit", "pieces", "barcode"),
    SheetKind.PRODUCTS: (
        "code", "family", "name", "name_zh", "about", "about_zh", "axes", "variants",
    ),
}  # fmt: skip
NEEDED = {
    SheetKind.ARTICLES: ("code",),
    SheetKind.ATTRIBUTES: ("family", "code", "name", "kind"),
    SheetKind.CATEGORIES: ("code", "name"),
    SheetKind.PACKS: ("code", "unit", "pieces"),
    SheetKind.PRODUCTS: ("code",),
}
# What a column may be called beside our own name for it, folded.
HEADS = {
    "sku": "code", "model": "code", "编码": "code", "型号": "code", "货号": "code", "代码": "code",
    "english name": "name", "英文名": "name", "chinese name": "name_zh", "中文名": "name_zh",
    "名称": "name_zh", "条码": "barcode", "ean": "barcode", "品类": "family", "单位": "unit",
    "中文单位": "unit_zh", "箱规": "case_quantity", "case quantity": "case_quantity",
    "最小起订": "order_minimum", "order minimum": "order_minimum", "起订倍数": "order_multiple",
    "order multiple": "order_multiple", "外部编号": "external_id", "external id": "external_id",
    "上架": "active", "类目": "category", "上级": "above", "parent": "above", "类型": "kind",
    "筛选": "filter", "选项": "choices", "件数": "pieces", "数量": "pieces",
    "description": "about", "英文介绍": "about", "中文介绍": "about_zh", "介绍": "about_zh",
    "批次管理": "tracking", "规格属性": "axes", "规格": "variants",
}  # fmt: skip
MOST_DIGITS = 7


@dataclass(frozen=True)
class Reader:
    """How the rows of a sheet are read: its kind, and our name for each of its columns."""

    kind: str
    names: Sequence[str]

    @classmethod
    def of(cls, kind: str, head: Sequence[str]) -> Reader:
        """Raises `Invalid` for a column that is not known, stands twice or is missing."""
        names = [_name(kind, cell) for cell in head]
        for name, cell in zip(names, head, strict=True):
            if not name:
                raise Invalid(
                    "column-unknown", "No column is called %(named)s.", field="file",
                    named=cell or "–", help="Take a sheet away first and fill it in.",
                )  # fmt: skip
            if names.count(name) > 1:
                raise Invalid(
                    "column-twice", "The column %(named)s stands there twice.", field="file",
                    named=cell,
                )  # fmt: skip
        for name in NEEDED[SheetKind(kind)]:
            if name not in names:
                raise Invalid(
                    "column-missing", "The column %(named)s is missing.", field="file", named=name
                )
        return cls(kind, names)

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """A row by our names for its columns; what it is too short for is empty."""
        padded = [*row, *[""] * (len(self.names) - len(row))]
        return dict(zip(self.names, padded, strict=False))

    def article(self, row: Sequence[str]) -> Article:
        """A row of articles. Raises `Invalid`."""
        cells = self.cells(row)
        texts = ("name", "name_zh", "barcode", "external_id", "category")
        given: dict[str, Any] = {name: cells[name] for name in texts if name in cells}
        given |= {name: cells[name] for name in ("family", "unit") if cells.get(name)}
        given |= {name: _whole(cells[name], name) for name in NUMBERS if cells.get(name)}
        if "tracking" in cells:
            given["tracking"] = cells["tracking"].upper()
        if cells.get("active"):
            given["is_active"] = _flag(cells["active"], "active")
        values = {name[2:]: cell for name, cell in cells.items() if name.startswith("a.")}
        return Article(code=cells["code"], values=values, **given)

    def attribute(self, row: Sequence[str], position: int) -> tuple[str, NewAttribute]:
        """A row of attributes: its family, and what it says. Raises `Invalid`."""
        cells = dict.fromkeys(COLUMNS[SheetKind.ATTRIBUTES], "") | self.cells(row)
        return cells["family"], NewAttribute(
            code=cells["code"],
            name=cells["name"],
            name_zh=cells["name_zh"],
            kind=cells["kind"].upper(),
            unit=cells["unit"],
            unit_zh=cells["unit_zh"],
            is_filter=_flag(cells["filter"] or "yes", "filter"),
            choices=own.choices_read(cells["choices"]),
            position=position,
        )

    def category(self, row: Sequence[str]) -> tuple[str, str, str, str]:
        """A row of categories: code, the one above, names."""
        cells = dict.fromkeys(COLUMNS[SheetKind.CATEGORIES], "") | self.cells(row)
        return cells["code"], cells["above"], cells["name"], cells["name_zh"]

    def pack(self, row: Sequence[str]) -> tuple[str, str, int, str]:
        """A row of packs: code of the article, unit, pieces, barcode. Raises `Invalid`."""
        cells = dict.fromkeys(COLUMNS[SheetKind.PACKS], "") | self.cells(row)
        pieces = _whole(cells["pieces"], "pieces")
        return cells["code"], cells["unit"], pieces, cells["barcode"]

    def product(self, row: Sequence[str], there: NewProduct | None) -> tuple[NewProduct, list[str]]:
        """A row of products: what it says over what is there (`there`), and the codes of its
        variants. Where the sheet has no column of them the variants stay (None in the product)."""
        cells = self.cells(row)
        base = there or NewProduct(cells["code"], "", cells.get("family", ""), None)
        texts = ("name", "name_zh", "about", "about_zh")
        given: dict[str, Any] = {name: cells[name] for name in texts if name in cells}
        given |= {"family": cells["family"]} if cells.get("family") else {}
        given |= {"axes": _listed(cells["axes"])} if "axes" in cells else {}
        given |= {"variants": ()} if "variants" in cells else {}
        return replace(base, **given), _listed(cells.get("variants", ""))


def rows_of(kind: str, *, actor: Actor, seller: UUID) -> Iterator[list[str]]:
    """A sheet of what a seller keeps: the head, then a row for each thing."""
    writers = {
        SheetKind.ARTICLES: _articles,
        SheetKind.ATTRIBUTES: _attributes,
        SheetKind.CATEGORIES: _categories,
        SheetKind.PACKS: _packs,
        SheetKind.PRODUCTS: _products,
    }
    return writers[SheetKind(kind)](actor, seller)


def _articles(actor: Actor, seller: UUID) -> Iterator[list[str]]:
    told = own.attributes(actor).filter(seller=seller).order_by("code")
    codes = list(dict.fromkeys(told.values_list("code", flat=True)))
    yield [*COLUMNS[SheetKind.ARTICLES], *(f"a.{code}" for code in codes)]
    goods = own.goods(actor).filter(seller=seller).order_by("code")
    placed = dict(
        Placement.objects.filter(seller=seller, category__isnull=False).values_list(
            "pk", "category__code"
        )
    )
    values = own.values_of(goods.values_list("pk", flat=True))
    for sku in goods.iterator(chunk_size=2_000):
        mine = values.get(sku.pk, {})
        yield [
            sku.code, sku.name, sku.name_zh, sku.barcode, sku.family_id, sku.unit_id,
            str(sku.case_quantity), str(sku.order_minimum), str(sku.order_multiple),
            sku.external_id, "yes" if sku.is_active else "no", placed.get(sku.pk, ""),
            sku.tracking,
            *(mine.get(code, "") for code in codes),
        ]  # fmt: skip


def _attributes(actor: Actor, seller: UUID) -> Iterator[list[str]]:
    yield list(COLUMNS[SheetKind.ATTRIBUTES])
    for one in own.attributes(actor).filter(seller=seller):
        yield [
            one.family_id, one.code, one.name, one.name_zh, one.kind, one.unit, one.unit_zh,
            "yes" if one.is_filter else "no",
            own.choices_written(one) if one.kind == Kind.CHOICE else "",
        ]  # fmt: skip


def _categories(actor: Actor, seller: UUID) -> Iterator[list[str]]:
    yield list(COLUMNS[SheetKind.CATEGORIES])
    tree = [(one, depth) for one, depth in own.branches(actor) if one.seller == seller]
    codes = {one.pk: one.code for one, _depth in tree}
    for one, _depth in tree:
        above = codes[one.parent_id] if one.parent_id else ""
        yield [one.code, above, one.name, one.name_zh]


def _packs(actor: Actor, seller: UUID) -> Iterator[list[str]]:
    yield list(COLUMNS[SheetKind.PACKS])
    rows = Pack.objects.filter(seller=seller).order_by("sku__code", "pieces", "unit")
    for code, unit, pieces, barcode in rows.values_list("sku__code", "unit", "pieces", "barcode"):
        yield [code, unit, str(pieces), barcode]


def _products(actor: Actor, seller: UUID) -> Iterator[list[str]]:
    yield list(COLUMNS[SheetKind.PRODUCTS])
    found = list(own.products(actor).filter(seller=seller))
    variants = own.variants_of(found)
    skus = {sku for mine in variants.values() for sku in mine}
    codes = dict(own.goods(actor).filter(pk__in=skus).values_list("pk", "code"))
    for one in found:
        mine = [codes[sku] for sku in variants.get(one.pk, ())]
        yield [
            one.code, one.family_id, one.name, one.name_zh, one.about, one.about_zh,
            "; ".join(one.axes), "; ".join(mine),
        ]  # fmt: skip


def _listed(cell: str) -> list[str]:
    """The codes of a cell, between semicolons."""
    return [one for part in cell.replace("；", ";").split(";") if (one := part.strip())]


def _name(kind: str, cell: str) -> str:
    """Our name for a column of a kind of sheet, '' where none is called so."""
    plain = folded(cell)
    if kind == SheetKind.ARTICLES and plain.startswith("a.") and len(plain) > 2:
        return plain
    name = HEADS.get(plain, plain)
    return name if name in COLUMNS[SheetKind(kind)] else ""


def _whole(text: str, field: str) -> int:
    plain = text.replace(",", "").removesuffix(".0")
    if not (plain.isascii() and plain.isdecimal()) or len(plain) > MOST_DIGITS:
        raise Invalid("number-unreadable", "This is not a whole number.", field=field)
    return int(plain)


def _flag(text: str, field: str) -> bool:
    plain = folded(text)
    if plain not in YES | NO:
        raise Invalid("flag-unreadable", "This is yes or no.", field=field)
    return plain in YES
