"""A table for reading on a page and for taking away: one record, drawn or written as a sheet.

Cells are raw values: amounts in minor units, shares in per cent as `Decimal`, days as `date`.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Literal

import xlsxwriter
from django.http import HttpResponse

from heliu.kernel.tables import marked

Cell = str | int | Decimal | date | None
Kind = Literal["text", "money", "count", "percent", "day"]
FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_LOOK = {"money": "#,##0.00", "count": "#,##0", "percent": '0.0"%"', "day": "yyyy-mm-dd"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head and what its cells are; ``is_wide`` ones are left out on the phone."""

    label: str
    kind: Kind = "text"
    is_wide: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is set to the right."""
        return self.kind in ("money", "count", "percent")


@dataclass(frozen=True, slots=True)
class Row:
    """One line; ``href`` is where its first cell leads."""

    cells: tuple[Cell, ...]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its total."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    total: tuple[Cell, ...] = ()

    @property
    def lines(self) -> list[tuple[Cell, ...]]:
        """What a file holds below the heads: all rows, and the total."""
        return [row.cells for row in self.rows] + ([self.total] if self.total else [])


def as_csv(sheet: Sheet) -> bytes:
    """The table as comma-separated values that spreadsheets open in Chinese, too."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([column.label for column in sheet.columns])
    for line in sheet.lines:
        writer.writerow(
            [_plain(cell, column) for cell, column in zip(line, sheet.columns, strict=True)]
        )
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """The tables as a workbook: heads stay in sight, amounts are numbers, names never formulas."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    head = book.add_format({"bold": True, "bottom": 1})
    looks = {
        (kind, is_total): book.add_format(
            {"num_format": look, **({"bold": True, "top": 1} if is_total else {})}
        )
        for kind, look in {**_LOOK, "text": "@"}.items()
        for is_total in (False, True)
    }
    for sheet in sheets:
        page = book.add_worksheet("".join(c for c in sheet.title if c not in "[]:*?/\\'")[:31])
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, column.label, head)
            page.set_column(place, place, 28 if column.kind == "text" else 16)
        page.freeze_panes(1, 0)
        for number, line in enumerate(sheet.lines, 1):
            is_total = number > len(sheet.rows)
            for place, (cell, column) in enumerate(zip(line, sheet.columns, strict=True)):
                look = looks["text" if isinstance(cell, str) else column.kind, is_total]
                _write(page, (number, place), cell, column, look)
    book.close()
    return out.getvalue()


def taken_away(sheets: Sequence[Sheet], name: str, form: str) -> HttpResponse:
    """Tables as a file: a workbook of all of them, or the first as CSV."""
    content = as_xlsx(sheets) if form == "xlsx" else as_csv(sheets[0])
    answer = HttpResponse(content, content_type=FORMS[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _write(page: Any, at: tuple[int, int], cell: Cell, column: Column, look: Any) -> None:
    if cell is None:
        page.write_blank(*at, None, look)
    elif isinstance(cell, date):
        page.write_datetime(*at, cell, look)
    elif isinstance(cell, str):
        page.write_string(*at, cell, look)
    else:
        page.write_number(*at, Decimal(cell) / 100 if column.kind == "money" else cell, look)


def _plain(cell: Cell, column: Column) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return marked(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if column.kind == "money":
        return f"{Decimal(cell) / 100:.2f}"
    return f"{cell:.1f}" if column.kind == "percent" else str(cell)
