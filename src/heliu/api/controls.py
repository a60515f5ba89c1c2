"""The lender's controls: invoices, what was found, ties of houses, and large releases."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.approvals import ApprovalOut
from heliu.api.deals import ReasonIn
from heliu.api.fields import (
    LARGEST,
    Amount,
    Code,
    Currency,
    Line,
    Part,
    Ref,
    Sent,
    Text,
    Whole,
    id_or_number,
)
from heliu.api.files import SENT, sent_file
from heliu.api.receipts import Content
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.parties import operations, queries
from heliu.trade import controls, deals, invoices, oversight, programmes, releasing

router = Router()

Money = Annotated[int, Field(ge=0, le=LARGEST), Whole]
Kind = Literal["OWNER", "REPRESENTATIVE", "ACCOUNT"]


class LaidInvoiceOut(Schema):
    """An invoice that lies before the lender of a deal."""

    id: UUID
    number: str = Field(description="Without its spaces, in capitals")
    amount: int = Field(description="In minor units")
    issued_on: date
    file: UUID | None = Field(description="The paper; `GET /files/{id}` has its bytes")
    laid_by_name: str
    laid_at: datetime


class LaidInvoiceIn(Sent):
    """An invoice of the seller for the order."""

    number: Line = Field(min_length=1)
    amount: Amount
    currency: Currency = "CNY"
    issued_on: date


class FindingOut(Schema):
    """Something that speaks against financing the order."""

    id: UUID
    code: str = Field(description="Such as DUPLICATE_INVOICE, CIRCULAR_TRADE or RELATED_TIE")
    is_hard: bool = Field(description="Keeps the loan from being paid out until people agreed")
    found: dict[str, Any] = Field(description="Its figures, without anything of others")
    at: datetime
    approval: UUID | None = Field(description="By which the lender goes on in spite of it")
    accepted_at: datetime | None


class TieOut(Schema):
    """Who owns or represents an organisation, or an account it has elsewhere."""

    id: UUID
    kind: Kind
    name: str
    share: Decimal | None = Field(description="Of an owner, 0 to 1")
    holder: UUID | None = Field(description="Where the holder is here itself")
    since: date
    until: date | None
    set_by_name: str


class TieIn(Sent):
    """What the operator saw on papers."""

    kind: Kind
    name: Text = Field(min_length=1)
    number: Line = Field(
        min_length=1, description="Of identity, register or account; only a keyed digest is kept"
    )
    share: Part | None = Field(None, description="Of an owner")
    holder: Line = Field("", description="The holder's code, where it is here itself")


class ReleaseCap(Sent):
    """From which worth on goods wait for people at the lender."""

    cap: Money | None = Field(description="In minor units; without one all leave by themselves")


class ReleaseCapOut(Schema):
    """What holds for the releases of a programme."""

    programme: UUID
    cap: int | None


@router.post("/programmes/{programme}/release-cap", response={200: ReleaseCapOut, 202: ApprovalOut})
def cap_releases(
    request: TypedRequest, programme: UUID, payload: ReleaseCap, key: Key
) -> HttpResponse:
    """The lender says up to which worth pledged goods leave without its people, from now on. 202
    when others at the lender must agree first."""

    def do(at: datetime) -> tuple[int, ReleaseCapOut | ApprovalOut]:
        one = programmes.cap_releases(programme, payload.cap, actor=request.actor, at=at)
        if programmes.is_asked(one):
            return 202, ApprovalOut.from_orm(one)
        return 200, ReleaseCapOut(programme=one.pk, cap=one.auto_release_cap)

    return write(request, key, payload, do)


@router.post("/deals/{ref}/release", response={202: ApprovalOut})
def ask_to_release(request: TypedRequest, ref: Ref, payload: ReasonIn, key: Key) -> HttpResponse:
    """Ask the others at the lender anew to release goods that were earned and wait."""

    def do(at: datetime) -> tuple[int, ApprovalOut]:
        asked = releasing.ask(id_or_number(ref), actor=request.actor, reason=payload.reason, at=at)
        return 202, ApprovalOut.from_orm(asked)

    return write(request, key, payload, do)


@router.get("/deals/{ref}/invoices", response=list[LaidInvoiceOut])
def list_laid_invoices(request: TypedRequest, ref: Ref) -> list[Any]:
    """The invoices that lie before the lender; for buyer, seller and lender."""
    return invoices.of_deal(request.actor, deals.get(request.actor, id_or_number(ref)))


@router.post("/deals/{ref}/invoices", response={201: LaidInvoiceOut})
def lay_invoice(request: TypedRequest, ref: Ref, payload: LaidInvoiceIn, key: Key) -> HttpResponse:
    """Buyer or seller lay an invoice before the lender; the same number again is the first."""

    def do(at: datetime) -> tuple[int, LaidInvoiceOut]:
        laid = invoices.lay(
            id_or_number(ref),
            actor=request.actor,
            number=payload.number,
            amount=payload.amount,
            issued_on=payload.issued_on,
            at=at,
        )
        return 201, LaidInvoiceOut.from_orm(laid)

    return write(request, key, payload, do)


@router.post("/laid-invoices/{invoice}/file", response={201: LaidInvoiceOut}, openapi_extra=SENT)
def show_laid_invoice(request: TypedRequest, invoice: UUID, key: Key) -> HttpResponse:
    """The paper of an invoice, once; its lender may read it."""
    name, content = sent_file(request)

    def do(at: datetime) -> tuple[int, LaidInvoiceOut]:
        shown = invoices.show(invoice, actor=request.actor, name=name, content=content, at=at)
        return 201, LaidInvoiceOut.from_orm(shown)

    return write(request, key, Content(name=name, digest=sha256(content).hexdigest()), do)


@router.get("/deals/{ref}/findings", response=list[FindingOut])
def list_findings(request: TypedRequest, ref: Ref) -> list[Any]:
    """What was found to speak against the order; for its lender only."""
    deal = deals.of_lender(request.actor, id_or_number(ref))
    return controls.findings(request.actor, deal)


@router.post("/deals/{ref}/findings/decision", response={202: ApprovalOut})
def ask_about_findings(
    request: TypedRequest, ref: Ref, payload: ReasonIn, key: Key
) -> HttpResponse:
    """Ask the others at the lender anew whether to pay out in spite of what was found."""

    def do(at: datetime) -> tuple[int, ApprovalOut]:
        asked = controls.ask_again(
            id_or_number(ref), actor=request.actor, reason=payload.reason, at=at
        )
        return 202, ApprovalOut.from_orm(asked)

    return write(request, key, payload, do)


@router.get("/parties/{code}/ties", response=list[TieOut])
def list_ties(request: TypedRequest, code: Code) -> list[Any]:
    """Who owns or represents an organisation; for the operator."""
    return list(queries.ties(request.actor, oversight.party(request.actor, code).id))


@router.post("/parties/{code}/ties", response={201: TieOut})
def add_tie(request: TypedRequest, code: Code, payload: TieIn, key: Key) -> HttpResponse:
    """The operator writes down who owns or represents an organisation, or an account elsewhere."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, TieOut]:
        tie = operations.tie(
            oversight.party(actor, code).id,
            payload.kind,
            name=payload.name,
            number=payload.number,
            share=payload.share,
            holder=oversight.party(actor, payload.holder).id if payload.holder else None,
            actor=actor,
            at=at,
        )
        return 201, TieOut.from_orm(tie)

    return write(request, key, payload, do)


@router.post("/ties/{tie}/end", response=TieOut)
def end_tie(request: TypedRequest, tie: UUID, key: Key) -> HttpResponse:
    """A tie holds no more; the day stays."""

    def do(at: datetime) -> tuple[int, TieOut]:
        return 200, TieOut.from_orm(operations.untie(tie, actor=request.actor, at=at))

    return write(request, key, None, do)
