"""Sheets of a catalogue: brought by a person, read by the worker chunk by chunk, so that a crash
costs a chunk and a bad row is kept with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from procrastinate.contrib.django import app

from heliu.commerce.catalogue.columns import Reader
from heliu.commerce.catalogue.models import BadSheetRow, Product, SheetImport, SheetKind
from heliu.commerce.catalogue.operations.articles import write_articles
from heliu.commerce.catalogue.operations.circles import require_seller
from heliu.commerce.catalogue.operations.describing import (
    NewPack,
    NewProduct,
    define,
    gather,
    grow,
    pack,
)
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.kernel.goods.models import Family, Sku
from heliu.kernel.sheets import Bad, Numbered, lines_of, read_chunk, rows_of, taken
from heliu.kernel.spool import Spool

SPOOL = Spool("sheet-imports", SheetImport)
SYSTEM = Actor.system()
MOST_ROWS = 100_000
# Rows of one transaction. What rows say of each other (a tree) is judged as a whole.
CHUNKS = {SheetKind.ARTICLES: 400, SheetKind.PACKS: 2_000, SheetKind.PRODUCTS: 400}
WHOLE = 2_000


def bring(
    content: bytes,
    *,
    actor: Actor,
    seller: UUID,
    kind: str,
    name: str,
    at: datetime,
    is_trial: bool = False,
) -> SheetImport:
    """Keep a sheet and let the worker read it; a trial is judged and not written.

    Raises `Invalid` for what is no sheet (sheet-unreadable), for columns that are not known, twice
    or missing, and for one that is too long (too-many-rows).
    """
    require_seller(seller, actor)
    rows = rows_of(content, most=MOST_ROWS if kind in CHUNKS else WHOLE)
    Reader.of(kind, rows[0])
    made = SheetImport(
        seller=seller,
        kind=kind,
        name=Path(name).name[:120],
        is_trial=is_trial,
        brought_at=at,
        brought_by=actor.user_id,
        brought_by_name=actor.name,
    )
    made.size = SPOOL.keep(made.pk, lines_of(rows))
    made.save(force_insert=True)
    app.configure_task("catalogue.import_sheets").defer()
    return made


def cancel(sheet: SheetImport, *, actor: Actor) -> SheetImport:
    """Stop reading a sheet; what was read stays."""
    require_seller(sheet.seller, actor)
    return SPOOL.cancel(sheet)


def read_on(at: datetime) -> bool:
    """Read one chunk of the oldest sheet that is not read yet; whether there may be more to do."""
    return SPOOL.read_on(partial(_read_chunk, at=at))


def sweep_files(at: datetime) -> int:
    """Throw away files that no import reads; how many it were."""
    return SPOOL.sweep(at)


def _read_chunk(found: SheetImport, at: datetime) -> None:
    def take(head: list[str], rows: list[Numbered]) -> list[Bad]:
        reader = Reader.of(found.kind, head)
        return taken(rows, partial(_write, found, reader), is_trial=found.is_trial)

    size = CHUNKS.get(SheetKind(found.kind), WHOLE)
    BadSheetRow.objects.bulk_create(
        BadSheetRow(sheet_import=found, seller=found.seller, **left_out)
        for left_out in read_chunk(found, SPOOL.place(found.pk), size, take, at)
    )


def _write(found: SheetImport, reader: Reader, rows: Sequence[Numbered]) -> None:
    seller = found.seller
    cells = [row for _line, row in rows]
    if found.kind == SheetKind.ARTICLES:
        write_articles([reader.article(row) for row in cells], actor=SYSTEM, seller=seller)
    elif found.kind == SheetKind.CATEGORIES:
        branches = [reader.category(row) for row in cells]
        grow(actor=SYSTEM, seller=seller, branches=branches, first=rows[0][0])
    elif found.kind == SheetKind.PACKS:
        _write_packs(seller, [reader.pack(row) for row in cells])
    elif found.kind == SheetKind.PRODUCTS:
        _write_products(seller, reader, cells)
    else:
        by_family = defaultdict(list)
        for line, row in rows:
            family, wanted = reader.attribute(row, line)
            by_family[family].append(wanted)
        known = set(Family.objects.filter(pk__in=by_family).values_list("pk", flat=True))
        for family, attributes in by_family.items():
            if family not in known:
                raise Invalid(
                    "family-unknown", "There is no family %(named)s.", field="family",
                    named=family,
                )  # fmt: skip
            define(actor=SYSTEM, seller=seller, family=family, attributes=attributes)


def _write_packs(seller: UUID, rows: Sequence[tuple[str, str, int, str]]) -> None:
    skus = _goods_of(seller, {code for code, *_ in rows}, field="code")
    if len({row[:2] for row in rows}) < len(rows):
        raise Invalid("code-twice", "One code stands here twice.", field="code")
    wanted = [NewPack(skus[code], unit, pieces, barcode) for code, unit, pieces, barcode in rows]
    pack(actor=SYSTEM, seller=seller, packs=wanted)


def _write_products(seller: UUID, reader: Reader, rows: Sequence[list[str]]) -> None:
    code = reader.names.index("code")
    known = Product.objects.filter(seller=seller, code__in=[row[code] for row in rows if row])
    there = {
        one.code: NewProduct(
            one.code, one.name, one.family_id, None, one.name_zh, one.about, one.about_zh, one.axes
        )
        for one in known
    }
    wanted = [reader.product(row, there.get(row[code])) for row in rows]
    skus = _goods_of(seller, {one for _, codes in wanted for one in codes}, field="variants")
    products = [
        one if one.variants is None else replace(one, variants=[skus[code] for code in codes])
        for one, codes in wanted
    ]
    gather(actor=SYSTEM, seller=seller, products=products)


def _goods_of(seller: UUID, codes: set[str], *, field: str) -> dict[str, UUID]:
    """A seller's goods by their codes; `Invalid` (code-unknown) for one that is not there."""
    skus = dict(Sku.objects.filter(seller=seller, code__in=codes).values_list("code", "pk"))
    for code in sorted(codes - set(skus)):
        raise Invalid(
            "code-unknown", "None of your goods has the code %(goods)s.", field=field, goods=code
        )
    return skus
