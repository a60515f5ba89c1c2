"""Warehouse receipts: the keeper's word for what it holds, for whom."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Code, Goods, Language, Ref, id_or_number
from heliu.api.files import PDF, SENT, FileOut, sent_file, shown
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.logistics.warehousing import queries
from heliu.trade import papers, photos

router = Router()

ReceiptStatus = Literal["ISSUED", "PLEDGED", "PART_DELIVERED", "DELIVERED"]


class ReceiptOut(Schema):
    """A receipt for named good goods."""

    id: UUID
    number: str
    warehouse: UUID
    owner: UUID
    holder: UUID = Field(description="Who alone may call the goods; while pledged the pledgee")
    pledge: UUID | None
    status: ReceiptStatus
    issued_at: datetime
    issued_by_name: str
    content_hash: str = Field(description="SHA-256 of the content as canonical JSON")


class ReceiptLineOut(Schema):
    """Goods a receipt names."""

    position: int
    sku: Goods
    stock_row: UUID
    quantity: int
    delivered: int


class ReceiptDetail(ReceiptOut):
    """A receipt with its content, its lines and what happened to it."""

    lines: list[ReceiptLineOut]
    content: dict[str, Any] = Field(description="What the keeper signed; it never changes")
    endorsements: list[dict[str, Any]]
    files: list[FileOut] = Field(description="Photos of the goods as they came")
    is_genuine: bool = Field(description="Whether the content still is what was signed")

    @staticmethod
    def resolve_is_genuine(receipt: Any) -> bool:
        """Worked out from the content."""
        return queries.is_genuine(receipt)

    @staticmethod
    def resolve_files(receipt: Any, context: Any) -> list[FileOut]:
        """Those the asker may see."""
        actor = context["request"].actor
        return shown(photos.of_shipment(actor, receipt.receiving.shipment))


class Content(Schema):
    """What the key of a sent file stands for."""

    name: str
    digest: str


@router.get("/receipts", response=Page[ReceiptOut])
def list_receipts(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[ReceiptStatus | None, Query(description="Only in this state")] = None,
    pledge: Annotated[UUID | None, Query(description="Only under this pledge")] = None,
) -> dict[str, object]:
    """Receipts the asker issued, whose goods it owns, or that are pledged to it, newest first."""
    rows = queries.receipts_visible_to(request.actor)
    for name, value in (("status", status), ("pledge", pledge)):
        if value:
            rows = rows.filter(**{name: value})
    by = ("-issued_at", "-id")
    return page(request, response, rows, paging, by=by, show=ReceiptOut.from_orm)


@router.get("/receipts/{number}", response=ReceiptDetail)
def get_receipt(request: TypedRequest, number: Code) -> object:
    """One receipt, whole."""
    return queries.receipt(request.actor, number.upper())


@router.get("/receipts/{number}/pdf", openapi_extra=PDF)
def get_receipt_pdf(request: TypedRequest, number: Code, language: Language = "") -> HttpResponse:
    """One receipt as PDF, with the keeper's digest."""
    found = queries.receipt(request.actor, number.upper())
    return papers.pdf(request, partial(papers.warehouse_receipt, request.actor, found))


@router.post("/receipts/{ref}/files", response={201: FileOut}, openapi_extra=SENT)
def add_receipt_file(request: TypedRequest, ref: Ref, key: Key) -> HttpResponse:
    """The keeper adds a photo of the goods as they came; the deal's parties may see it.

    The same bytes sent again are the file that is there.
    """
    actor = request.actor
    name, content = sent_file(request)

    def do(at: datetime) -> tuple[int, FileOut]:
        shipment = queries.receipt(actor, id_or_number(ref)).receiving.shipment
        photo = photos.add(shipment, actor=actor, name=name, content=content, at=at)
        return 201, FileOut.from_orm(photo)

    return write(request, key, Content(name=name, digest=sha256(content).hexdigest()), do)
