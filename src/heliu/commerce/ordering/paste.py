"""Reading what somebody pasted into the order pad. Pure; nothing is dropped, nothing guessed."""

from __future__ import annotations

import csv
import re
from datetime import date
from typing import NamedTuple

from heliu.commerce.catalogue.policies import folded, seen
from heliu.kernel.errors import Invalid

MOST_ROWS = 10_000
LARGEST = 1_000_000_000
LONGEST_NUMBER = 20

# What the columns of the trade's sheets are called.
HEADS = {
    "code": {
        "code", "sku", "sku code", "model", "item", "item no", "item no.", "item code", "article",
        "product", "product code", "part number", "barcode", "ean", "stockcode",
        "编码", "商品编码", "物料编码", "型号", "货号", "条码", "商品", "产品", "产品型号", "品号",
    },
    "quantity": {
        "quantity", "qty", "qty.", "pieces", "pcs", "amount", "order quantity",
        "数量", "件数", "台数", "订货数量", "订购数量", "采购数量",
    },
    "day": {
        "wished day", "wished for", "delivery date", "delivery day", "required date", "need by",
        "due date", "希望到货日", "期望到货日", "到货日期", "交货日期", "要货日期", "需求日期",
        "交期",
    },
    "remark": {"remark", "remarks", "note", "notes", "comment", "备注", "说明", "附言"},
}  # fmt: skip
PLAIN_NUMBER = re.compile(r"\d+(?:\.0+)?")
GROUPED_NUMBER = re.compile(r"\d{1,3}(?:[,，'’\s]\d{3})+(?:\.0+)?")
UNCLEAR_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:[,，]\d{1,2})")
ANY_NUMBER = re.compile(r"[+-]?[\d.,，'’\s]*\d")
# A count of packs: "3 箱", "12ctn". Between spaces alone only words that are no part of a name.
PACKED = re.compile(r"(\d[\d,，]*)\s*([^\W\d_]\D*)")
PACK_WORDS = "箱|整箱|件|盒|包|托|板|打|卷|袋|ctns?|cartons?|cases?|box|boxes|packs?|pallets?|dozen"
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00(?::00)?)?")
CODE_THEN_NUMBER = re.compile(
    rf"([^\s,，]+)\s+([+-]?\d[\d.,，'’]*(?:\s*(?:{PACK_WORDS})(?=\s|$))?)(?:\s+(.*))?",
    re.IGNORECASE,
)


class PastedLine(NamedTuple):
    """One row of a paste: where it stood, what it asks for, what is wrong with it.

    `quantity` is None when the row has none or none that can be read, `typed` is its cell where it
    has one; `problem` is a code or None; `raw` is the row exactly as it was pasted.
    """

    row: int
    code: str
    quantity: int | None
    remark: str = ""
    problem: str | None = None
    raw: str = ""
    typed: str = ""
    day: str = ""


def parse_paste(text: str) -> list[PastedLine]:
    """Rows of code, quantity and remark, as far as they are there, from any sheet.

    Columns stand between tabs, semicolons, commas or spaces, in any order when the first row names
    them; one of days is read only where it is named. Empty rows are passed over but keep their
    number. Raises `Invalid` (too-many-rows).
    """
    rows = [(n, raw) for n, raw in enumerate(text.splitlines(), start=1) if seen(raw).strip()]
    columns = _named_columns(_cells(seen(rows[0][1]))) if rows else None
    if columns:
        rows = rows[1:]
    if len(rows) > MOST_ROWS:
        raise too_many(len(rows))
    return [_line(row, raw, columns or {}) for row, raw in rows]


def too_many(rows: int) -> Invalid:
    """Why an order pad does not take so many rows."""
    return Invalid(
        "too-many-rows",
        "%(rows)s rows are too many; the order pad takes %(most)s at a time.",
        help="Paste the rest after this part is ordered.",
        rows=rows,
        most=MOST_ROWS,
    )


def read_quantity(cell: str) -> tuple[int | None, str | None]:
    """A cell as a whole number of pieces and what is wrong with it; an empty cell is no problem.

    Thousands signs are understood; 1.200 and 1,2 could be read in two ways and are not.
    """
    number = folded(cell)
    if not number:
        return None, None
    if not ANY_NUMBER.fullmatch(number):
        return None, "quantity-unreadable"
    if number.startswith("-"):
        return None, "quantity-not-positive"
    number = number.removeprefix("+")
    if UNCLEAR_NUMBER.fullmatch(number):
        return None, "quantity-unclear"
    if not PLAIN_NUMBER.fullmatch(number) and not GROUPED_NUMBER.fullmatch(number):
        whole, _, part = number.partition(".")
        is_fraction = whole.isdecimal() and part.isdecimal()
        return None, "quantity-not-whole" if is_fraction else "quantity-unreadable"
    digits = "".join(c for c in number.partition(".")[0] if c.isdecimal())
    if len(digits) > LONGEST_NUMBER or int(digits) > LARGEST:
        return None, "quantity-too-large"
    return (int(digits), None) if int(digits) else (None, "quantity-not-positive")


def day_in(cell: str) -> str:
    """A day as sheets write it (2026-12-05, 2026/12/5, 2026年12月5日) in the first of these forms;
    what is no day as it stands."""
    found = DAY.fullmatch(folded(cell))
    try:
        return date(*map(int, found.groups())).isoformat() if found else cell
    except ValueError:
        return cell


def read_packs(cell: str) -> tuple[int, str] | None:
    """A cell as a count of packs and the word for them ("3 箱"); None where it says no such."""
    found = PACKED.fullmatch(folded(cell))
    count = read_quantity(found[1])[0] if found else None
    return (count, found[2].strip()) if found and count else None


def _line(row: int, raw: str, columns: dict[str, int]) -> PastedLine:
    cells = _cells(seen(raw))
    if columns:
        code, amount, remark, day = (
            cells[columns[name]] if name in columns and columns[name] < len(cells) else ""
            for name in ("code", "quantity", "remark", "day")
        )
    else:
        code, amount, day = cells[0], "".join(cells[1:2]), ""
        remark = " ".join(filter(None, cells[2:]))
    quantity, problem = read_quantity(amount)
    if not code:
        problem = "code-missing"
    elif not columns and _reads_two_ways(raw, cells):
        # What follows the sign is a part of the number, or not: the cell alone would be a guess.
        quantity, problem, amount = None, "quantity-unclear", ""
    return PastedLine(row, code, quantity, remark, problem, raw, amount, day)


def _cells(row: str) -> list[str]:
    """The cells of a row, split by the strongest separator it has."""
    for separator in ("\t", ";", "；", "|"):
        if separator in row:
            return _trimmed(row.split(separator))
    spaced = CODE_THEN_NUMBER.fullmatch(row.strip())
    if spaced:
        return _trimmed([part or "" for part in spaced.groups()])
    for separator in (",", "，"):
        if separator in row:
            return _trimmed(_quoted_cells(row, separator))
    words = row.split()
    # A name of several words with its quantity at the end.
    if len(words) > 2 and read_quantity(words[-1])[0] is not None:
        return [" ".join(words[:-1]), words[-1]]
    return [" ".join(words)]


def _quoted_cells(row: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([row], delimiter=separator))
    except csv.Error:  # a cell beyond the reader's size
        return row.split(separator)


def _trimmed(cells: list[str]) -> list[str]:
    trimmed = [cell.strip().removeprefix('"').removesuffix('"').strip() for cell in cells]
    while len(trimmed) > 1 and not trimmed[-1]:
        trimmed.pop()
    return trimmed


def _named_columns(cells: list[str]) -> dict[str, int] | None:
    """Which column is which, when a row is a heading; None when it is not."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        for name, heads in HEADS.items():
            if folded(cell) in heads:
                columns.setdefault(name, place)
    return columns if "code" in columns else None


def _reads_two_ways(raw: str, cells: list[str]) -> bool:
    """Whether a bare comma row may hold a thousands sign: A,1,200 is 1 or 1200 pieces."""
    return (
        len(cells) > 2
        and re.fullmatch(r"\d{1,3}", cells[1]) is not None
        and re.fullmatch(r"\d{3}", cells[2]) is not None
        and f"{cells[1]},{cells[2]}" in raw.replace("，", ",")
    )
