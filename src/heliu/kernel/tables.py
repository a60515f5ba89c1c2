"""What stands in the cells of a sheet that somebody sends: a workbook, or text with commas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from heliu.kernel.workbooks import Unreadable, rows_in

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how xlsx, xlsb and ods begin; how xls does
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def cells_of(content: bytes) -> Iterator[list[str]]:
    """The rows of the first page, each a list of texts without spaces around. Raises
    `Unreadable`."""
    return rows_in(content) if content.startswith(WORKBOOKS) else _text(content)


def _text(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")  # what Excel writes in Chinese Windows
    separator = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator):
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise Unreadable(str(error)) from error


def marked(cell: str) -> str:
    """A cell with the mark that keeps it from becoming a formula where the sheet is opened."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def unmarked(cell: str) -> str:
    """A cell without the mark that keeps it from becoming a formula where our sheets are opened."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
