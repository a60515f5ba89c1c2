"""Sheets of a catalogue: what is taken away can be brought in again; bad rows stay with their
reason; a trial writes nothing; a reader that dies costs a chunk."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.commerce.conftest import AT, Chain

from heliu.commerce.catalogue import columns, operations, own
from heliu.commerce.catalogue.models import (
    Attribute,
    BadSheetRow,
    Category,
    Entry,
    Pack,
    Placement,
    Product,
    SheetImport,
    SheetKind,
    Value,
)
from heliu.commerce.catalogue.operations import Article, NewAttribute, NewPack, NewProduct, imports
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Invalid
from heliu.kernel.goods.models import Sku
from heliu.kernel.sheets import rows_of
from heliu.kernel.tables import cells_of, unmarked
from heliu.portal.ui.sheets import Column, Row, Sheet, as_csv, as_xlsx

ALL = (
    SheetKind.ATTRIBUTES,
    SheetKind.CATEGORIES,
    SheetKind.ARTICLES,
    SheetKind.PACKS,
    SheetKind.PRODUCTS,
)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> None:
    settings.DATA = tmp_path


def bring(chain: Chain, content: bytes, kind: str, **more: Any) -> SheetImport:
    with acting_for([chain.seller]):
        return operations.bring(
            content, actor=chain.at_seller, seller=chain.seller, kind=kind, name="s.csv", at=AT,
            **more,
        )  # fmt: skip


def read_all(as_worker) -> int:
    chunks = 0
    with as_worker():
        while imports.read_on(AT):
            chunks += 1
    return chunks


def taken_away(chain: Chain, kind: str) -> list[list[str]]:
    with acting_for([chain.seller]):
        return list(columns.rows_of(kind, actor=chain.at_seller, seller=chain.seller))


def told(chain: Chain) -> None:
    """A category tree, attributes of each kind, values and a pack."""
    family, sku = chain.skus[0].family_id, chain.skus[0]
    with acting_for([chain.seller]):
        named = {"actor": chain.at_seller, "seller": chain.seller}
        operations.grow(branches=[("a", "", "A", "甲"), ("b", "a", "B", "")], **named)
        operations.define(
            family=family,
            attributes=[
                NewAttribute("colour", "Colour", "CHOICE", choices=[("red", "Red", "红色")]),
                NewAttribute("height", "Height", "NUMBER", "高", "cm", "厘米", is_filter=False),
                NewAttribute("note", "Note", "TEXT"),
                NewAttribute("smart", "Smart", "BOOL"),
            ],
            **named,
        )
        values = {"colour": "red", "height": "12.5", "note": "=1+1|中文，“引号”", "smart": "no"}
        operations.write_articles(
            [Article(code=sku.code, category="b", values=values, name="'quoted", is_active=False)],
            **named,
        )
        operations.pack(packs=[NewPack(sku.pk, sku.unit_id, 12, "69012345")], **named)
        about = {"about": "For every day,\nwarm or cold.", "about_zh": "日用；“冷热皆宜”"}
        variants = [chain.skus[1].pk, sku.pk]
        products = [
            NewProduct("P-1", "Mug", family, variants, "杯子", axes=["colour", "smart"], **about),
            NewProduct("P-2", "Nothing yet", family, []),
        ]
        operations.gather(products=products, **named)


def test_what_is_taken_away_comes_back_the_same(chain: Chain, as_worker) -> None:
    told(chain)
    before = {kind: taken_away(chain, kind) for kind in ALL}
    with as_worker():
        for model in (Value, Pack, Attribute):
            model.objects.filter(seller=chain.seller).delete()
        Placement.objects.all().delete()
        Product.objects.filter(code="P-1").delete()
        Product.objects.filter(code="P-2").update(name="x")
        Category.objects.filter(parent__isnull=False).delete()
        Category.objects.all().delete()
        Sku.objects.filter(seller=chain.seller).update(name="x", is_active=True)
    for kind, rows in before.items():
        head, *lines = rows
        sheet = Sheet("s", tuple(map(Column, head)), [Row(tuple(line)) for line in lines])
        bring(chain, as_csv(sheet) if kind == SheetKind.PACKS else as_xlsx([sheet]), kind)
        read_all(as_worker)
    assert not BadSheetRow.objects.exists()
    assert {kind: taken_away(chain, kind) for kind in ALL} == before


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5))
@settings(max_examples=60)
def test_any_cell_survives_our_sheets(rows: list[list[str]]) -> None:
    """But for a row without anything, which a workbook may not keep."""
    rows = [["head", "b", "c"], *(["x" + row[0], *row[1:]] for row in rows)]
    sheet = Sheet("s", tuple(map(Column, rows[0])), [Row(tuple(row)) for row in rows[1:]])
    for made in (as_csv(sheet), as_xlsx([sheet])):
        found = [[unmarked(cell) for cell in row] for row in cells_of(made)]
        assert found == rows


CODES = st.sampled_from(["N-1", "N-2", "N-3", ""])
FAMILIES = st.sampled_from(["GOOD", "gone", ""])
COUNTS = st.sampled_from(["1", "12", "x", ""])


def test_a_workbook_with_a_cell_at_the_far_corner_is_refused() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    page.write(0, 0, "code")
    page.write(1_048_575, 16_383, "far")
    book.close()
    with pytest.raises(Invalid, match="sheet-unreadable"):
        rows_of(out.getvalue(), most=10)


@given(st.lists(st.tuples(CODES, FAMILIES, COUNTS), max_size=6))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_good_rows_are_in_and_the_bad_ones_kept(chain: Chain, as_worker, rows) -> None:
    """Against a plain reference: a row is taken if it is good by itself."""
    family, unit = chain.skus[0].family_id, chain.skus[0].unit_id
    lines = [[code, "n", family if fam == "GOOD" else fam, n, unit] for code, fam, n in rows]
    out = io.StringIO()
    csv.writer(out).writerows([["code", "name", "family", "order_minimum", "unit"], *lines])
    known: set[str] = set()
    good = 0
    for code, fam, n in rows:
        # An empty family is the usual one of a new article, which is not there in this chain.
        fits = code and n != "x" and (fam == "GOOD" or (fam == "" and code in known))
        good += bool(fits)
        known |= {code} if fits else set()
    with as_worker():
        Entry.objects.filter(code__startswith="n-").delete()
        Sku.objects.filter(code__startswith="N-").delete()
    brought = bring(chain, out.getvalue().encode(), SheetKind.ARTICLES)
    read_all(as_worker)
    with acting_for([chain.seller]):
        found = own.imported(chain.at_seller, brought.pk)
        assert (found.state, found.percent) == ("READ", 100)
        assert (found.taken, found.bad) == (good, len(lines) - good)
        there = Sku.objects.filter(code__startswith="N-").values_list("code", flat=True)
        assert set(there) == known
        assert found.bad == found.bad_rows.count()


def test_a_trial_judges_and_writes_nothing(chain: Chain, as_worker) -> None:
    sku = chain.skus[0]
    text = f"编码,中文名\n{sku.code},改名\nNEW,无品类\n"
    brought = bring(chain, text.encode("gb18030"), SheetKind.ARTICLES, is_trial=True)
    read_all(as_worker)
    with acting_for([chain.seller]):
        found = own.imported(chain.at_seller, brought.pk)
        assert (found.taken, found.bad) == (1, 1)
        assert Sku.objects.get(pk=sku.pk).name_zh == sku.name_zh
        (bad,) = found.bad_rows.all()
        assert (bad.line, bad.reason, bad.cells[0]) == (3, "family-unknown", "NEW")
        assert bad.words == "There is no family general."


def test_a_reader_that_dies_costs_a_chunk(chain: Chain, as_worker, monkeypatch) -> None:
    family, unit = chain.skus[0].family_id, chain.skus[0].unit_id
    rows = "".join(f"N-{n},Name {n},{family},{unit}\n" for n in range(5))
    monkeypatch.setitem(imports.CHUNKS, SheetKind.ARTICLES, 2)
    brought = bring(chain, f"code,name,family,unit\n{rows}".encode(), SheetKind.ARTICLES)
    with as_worker():
        assert imports.read_on(AT)
        before = imports._write
        monkeypatch.setattr(imports, "_write", lambda *a: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            imports.read_on(AT)
        monkeypatch.setattr(imports, "_write", before)
    assert read_all(as_worker) == 2
    with acting_for([chain.seller]):
        found = own.imported(chain.at_seller, brought.pk)
        assert (found.taken, found.bad, found.line) == (5, 0, 6)
    with as_worker():
        assert Entry.objects.filter(code__startswith="n-").count() == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("code,colour\nA,red\n", "column-unknown"),
        ("code,编码\nA,B\n", "column-twice"),
        ("name\nA\n", "column-missing"),
        ("", "column-missing"),
    ],
)
def test_a_head_that_is_none_is_refused(chain: Chain, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        bring(chain, text.encode(), SheetKind.ARTICLES)
    assert refusal.value.code == code
