"""Sheets of a catalogue: brought in and read by the worker, taken away as they may come back."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.files import BYTES, FORM, RAW, sent_file
from heliu.api.paging import Page, Paging, page
from heliu.api.receipts import Content
from heliu.api.writes import Key, write
from heliu.commerce.catalogue import columns, operations, own
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.tables import marked

router = Router()

SheetKind = Literal["ARTICLES", "ATTRIBUTES", "CATEGORIES", "PACKS", "PRODUCTS"]
ReadingState = Literal["READING", "READ", "FAILED", "CANCELLED"]

SHEET: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A workbook (.xlsx, .xls, .ods) or CSV: the bytes themselves under any"
        " Content-Type, or a form with one `file`.",
        "content": {
            RAW: {"schema": BYTES},
            FORM: {
                "schema": {
                    "type": "object", "required": ["file"], "properties": {"file": BYTES},
                }
            },
        },
    }
}  # fmt: skip
CSV: dict[str, Any] = {
    "responses": {200: {"description": "The sheet", "content": {"text/csv": {"schema": BYTES}}}}
}


class SheetImportOut(Schema):
    """A sheet and how far it is read."""

    id: UUID
    kind: SheetKind
    name: str
    is_trial: bool = Field(description="Every row is judged and none is written")
    state: ReadingState
    percent: int
    taken: int = Field(description="Rows that were taken, so far")
    bad: int = Field(description="Rows that were left out, so far")
    brought_at: datetime
    brought_by_name: str
    done_at: datetime | None


class LeftOut(Schema):
    """A row that was left out, as it was, and why."""

    line: int
    reason: str = Field(description="A stable code")
    words: str
    cells: list[str]


@router.get("/catalogue-imports", response=Page[SheetImportOut])
def list_catalogue_imports(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, Any]:
    """The sheets the asker brought, the newest first."""
    rows = own.imports(request.actor)
    by = ("-brought_at", "-id")
    return page(request, response, rows, paging, by=by, show=SheetImportOut.from_orm)


@router.post("/catalogue-imports", response={201: SheetImportOut}, openapi_extra=SHEET)
def bring_catalogue(
    request: TypedRequest,
    key: Key,
    kind: Annotated[SheetKind, Query(description="What its rows are")],
    trial: Annotated[bool, Query(description="Judge every row and write none")] = False,
) -> HttpResponse:
    """Bring a sheet of articles or of what is told of them; the worker reads it in chunks.

    Rows that do not fit are left out and kept with their reason. A column that is not there leaves
    what stands, an empty cell of a text takes it away. `GET /catalogue-exports/{kind}` gives the
    same columns.
    """
    name, content = sent_file(request)

    def do(at: datetime) -> tuple[int, SheetImportOut]:
        actor = request.actor
        made = operations.bring(
            content, actor=actor, seller=actor.own_org, kind=kind, name=name or "sheet",
            is_trial=trial, at=at,
        )  # fmt: skip
        return 201, SheetImportOut.from_orm(made)

    digest = sha256(content).hexdigest()
    return write(request, key, Content(name=f"{kind} {trial} {name}", digest=digest), do)


@router.get("/catalogue-imports/{sheet}", response=SheetImportOut)
def get_catalogue_import(request: TypedRequest, sheet: UUID) -> SheetImportOut:
    """How far a sheet is read."""
    return SheetImportOut.from_orm(own.imported(request.actor, sheet))


@router.get("/catalogue-imports/{sheet}/left-out", response=Page[LeftOut])
def list_left_out(
    request: TypedRequest, response: HttpResponse, sheet: UUID, paging: Query[Paging]
) -> dict[str, Any]:
    """The rows of a sheet that were left out."""
    rows = own.imported(request.actor, sheet).bad_rows.all()
    return page(request, response, rows, paging, by=("line", "id"), show=LeftOut.from_orm)


@router.post("/catalogue-imports/{sheet}/cancel", response=SheetImportOut)
def cancel_catalogue_import(request: TypedRequest, sheet: UUID, key: Key) -> HttpResponse:
    """Stop reading a sheet; what was read stays."""

    def do(at: datetime) -> tuple[int, SheetImportOut]:
        found = own.imported(request.actor, sheet)
        return 200, SheetImportOut.from_orm(operations.cancel(found, actor=request.actor))

    return write(request, key, None, do)


@router.get("/catalogue-exports/{kind}", openapi_extra=CSV)
def export_catalogue(request: TypedRequest, kind: SheetKind) -> HttpResponse:
    """What the asker keeps of a kind, as a sheet that can be brought in again. A cell that a
    program for sheets would take for a formula bears an apostrophe, which bringing in takes off."""
    out = io.StringIO()
    actor = request.actor
    rows = columns.rows_of(kind, actor=actor, seller=actor.own_org)
    csv.writer(out).writerows([marked(cell) for cell in row] for row in rows)
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
