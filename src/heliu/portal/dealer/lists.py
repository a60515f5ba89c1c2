"""Lists that are loaded as a file: a sheet's first three columns, or plain text."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from heliu.kernel.errors import Invalid
from heliu.kernel.workbooks import Unreadable, rows_in

SHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
LARGEST = 5 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")


def text_of_file(file: UploadedFile[Any]) -> str:
    """The rows of a file as the order pad reads them. Refuses (422) what cannot be read."""
    if (file.size or 0) > LARGEST:
        raise Invalid(
            "file-too-large", "The file is larger than 5 MB.", field="file", help="Split the list."
        )
    body: bytes = file.read()
    if (file.name or "").lower().endswith(SHEETS):
        return _sheet(body)
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable()


def _sheet(body: bytes) -> str:
    try:
        rows = list(rows_in(body))
    except Unreadable as problem:
        raise _unreadable() from problem
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row[:3]) for row in rows)


def _unreadable() -> Invalid:
    return Invalid(
        "file-unreadable",
        "This file cannot be read as a list.",
        field="file",
        help="Save it as .xlsx or .csv and load it again.",
    )
