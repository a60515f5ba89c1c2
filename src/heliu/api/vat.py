"""Tax data, rates and VAT invoices with their red letters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import (
    MOST_LINES,
    PRINTABLE,
    Amount,
    Counted,
    Flag,
    Language,
    Line,
    Number,
    Plain,
    Rate,
    Sent,
    Text,
)
from heliu.api.files import PDF
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.capital.vat import operations, queries
from heliu.capital.vat.operations import TaxData
from heliu.kernel.access.request import TypedRequest
from heliu.trade import papers, vat

router = Router()

Kind = Literal["SPECIAL", "ORDINARY"]
VatState = Literal["QUEUED", "PENDING", "ISSUED", "REFUSED"]
Short = Annotated[str, Field(max_length=40, pattern=PRINTABLE)]


class TaxDataIn(Sent):
    """A house's title on invoices; a special one needs all fields."""

    name: Line = Field(min_length=1)
    number: Line = Field(min_length=1, description="Unified social credit code or tax number")
    address: Line = ""
    phone: Short = ""
    bank: Line = ""
    account: Short = ""
    wants: Kind = Field("ORDINARY", description="Which invoice it asks for as a buyer")
    is_auto: Flag = Field(False, description="As a seller: write invoices when goods leave")


class TaxDataOut(Schema):
    """A house's tax data."""

    name: str
    number: str
    address: str
    phone: str
    bank: str
    account: str
    wants: Kind
    is_auto: bool
    set_by_name: str
    set_at: datetime


class TaxRateIn(Sent):
    """What of a price with tax is tax, from a day on."""

    rate: Rate
    is_exempt: Flag = Field(False, description="Exempt goods bear none; the rate is 0 then")
    family: Line = Field("", description="For a family; with `sku` empty too: for all goods")
    sku: Line = Field("", description="For goods, by code")
    from_day: date


class TaxRateOut(Schema):
    """A rate of the asker's."""

    rate: str
    is_exempt: bool
    family: str
    sku: str = Field(description="By code; with `family` empty too: all goods")
    from_day: date


class VatLineOut(Plain):
    """Goods on a VAT invoice; below zero on a red letter. `gross` = `net` + `tax`."""

    order_line: int
    code: str
    name: str
    quantity: int = Field(description="0: a discount over them")
    rate: Decimal
    is_exempt: bool
    gross: int
    net: int
    tax: int


class VatOut(Schema):
    """A VAT invoice or red letter; amounts in minor units."""

    id: UUID
    number: str = Field(description="The tax authority's; empty until it is issued")
    kind: Kind
    status: VatState
    seller: UUID
    buyer: UUID
    order_id: UUID
    order_number: str
    red_of_id: UUID | None = Field(description="Of a red letter: the invoice it takes back from")
    gross: int
    net: int
    tax: int
    red_gross: int = Field(description="What red letters took back of it")
    reason: str
    trouble: str = Field(description="Why the authority refused it")
    asked_at: datetime
    issued_at: datetime | None


class VatDetail(VatOut):
    """With its lines and the tax data of both sides as they were then."""

    title: dict[str, str]
    issuer: dict[str, str]
    lines: list[VatLineOut]


class VatIn(Sent):
    """The consignment to invoice."""

    shipment: UUID


class RedPart(Sent):
    """What of a line is taken back."""

    line: Number = Field(description="Id of the order's line")
    quantity: Counted = Field(0, description="0: a discount")
    gross: Amount


class RedIn(Sent):
    """What is taken back of an issued invoice, and why."""

    reason: Text = Field(min_length=1)
    parts: list[RedPart] = Field(min_length=1, max_length=MOST_LINES)


@router.get("/tax-data", response=TaxDataOut | None)
def get_tax_data(request: TypedRequest) -> object:
    """The tax data of the asker's house; null before it is given."""
    return queries.data_of(request.actor)


@router.put("/tax-data", response=TaxDataOut)
def put_tax_data(request: TypedRequest, payload: TaxDataIn, key: Key) -> HttpResponse:
    """Give it once; sellers write invoices with this title from then on."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, TaxDataOut]:
        kept = operations.set_data(TaxData(**payload.model_dump()), actor=actor, at=at)
        return 200, TaxDataOut.from_orm(kept)

    return write(request, key, payload, do)


@router.get("/tax-rates", response=list[TaxRateOut])
def list_tax_rates(request: TypedRequest) -> list[TaxRateOut]:
    """The rates of the asker's goods: all goods, then families, then goods."""
    return [_rate(one) for one in queries.rates(request.actor)]


@router.post("/tax-rates", response={201: TaxRateOut})
def set_tax_rate(request: TypedRequest, payload: TaxRateIn, key: Key) -> HttpResponse:
    """Set a rate; invoices there are stay as they are."""

    def do(at: datetime) -> tuple[int, TaxRateOut]:
        return 201, _rate(
            operations.set_rate(
                payload.rate,
                is_exempt=payload.is_exempt,
                family=payload.family,
                sku=payload.sku,
                from_day=payload.from_day,
                actor=request.actor,
            )
        )

    return write(request, key, payload, do)


@router.get("/vat-invoices", response=Page[VatOut])
def list_vat_invoices(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[VatState | None, Query(description="Only in this state")] = None,
    order: Annotated[UUID | None, Query(description="Only of this order")] = None,
) -> dict[str, object]:
    """The VAT invoices the asker issues or gets, the newest first."""
    rows = queries.visible_to(request.actor)
    for name, value in (("status", status), ("order_id", order)):
        if value:
            rows = rows.filter(**{name: value})
    return page(request, response, rows, paging, by=("-asked_at", "-id"), show=VatOut.from_orm)


@router.post("/vat-invoices", response={201: VatOut})
def write_vat_invoice(request: TypedRequest, payload: VatIn, key: Key) -> HttpResponse:
    """The seller writes the invoice of a consignment; it goes to the tax authority by itself.

    Again for the same consignment, it is the one that is there. `title-missing`, `issuer-missing`
    and `rate-missing` (409) say what is not given yet.
    """
    actor = request.actor

    def do(at: datetime) -> tuple[int, VatOut]:
        return 201, VatOut.from_orm(vat.invoice(payload.shipment, actor=actor, at=at))

    return write(request, key, payload, do)


@router.get("/vat-invoices/{invoice}", response=VatDetail)
def get_vat_invoice(request: TypedRequest, invoice: UUID) -> object:
    """One VAT invoice with its lines."""
    return queries.get(request.actor, invoice)


@router.get("/vat-invoices/{invoice}/pdf", openapi_extra=PDF)
def get_vat_invoice_pdf(
    request: TypedRequest, invoice: UUID, language: Language = ""
) -> HttpResponse:
    """The paper to read, as PDF: with the split of price and tax."""
    return papers.pdf(request, lambda: papers.vat_invoice(request.actor, invoice))


@router.post("/vat-invoices/{invoice}/again", response=VatOut)
def hand_over_again(request: TypedRequest, invoice: UUID, key: Key) -> HttpResponse:
    """A refused one goes to the authority once more, with the tax data of now."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, VatOut]:
        return 200, VatOut.from_orm(vat.again(invoice, actor=actor, at=at))

    return write(request, key, None, do)


@router.post("/vat-invoices/{invoice}/red-letter", response={201: VatOut})
def write_red_letter(
    request: TypedRequest, invoice: UUID, payload: RedIn, key: Key
) -> HttpResponse:
    """Take back a part of an issued invoice: the paper alone, as for a return that was paid back.

    A credit note on terms, and goods that came short, bring their red letters by themselves.
    """
    actor = request.actor

    def do(at: datetime) -> tuple[int, VatOut]:
        parts = {one.line: (one.quantity, one.gross) for one in payload.parts}
        red = vat.take_back(invoice, parts, reason=payload.reason, key=key, actor=actor, at=at)
        return 201, VatOut.from_orm(red)

    return write(request, key, payload, do)


def _rate(one: Any) -> TaxRateOut:
    return TaxRateOut(
        rate=str(one.rate),
        is_exempt=one.is_exempt,
        family=one.family_id or "",
        sku=one.sku.code if one.sku else "",
        from_day=one.from_day,
    )
