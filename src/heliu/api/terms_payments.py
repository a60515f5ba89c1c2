"""Payments under trade credit, and money that came by somebody's own transfer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Amount, Currency, Line, Ref, Sent, id_or_number
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.capital.bank import queries as bank
from heliu.capital.terms import queries
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.trade import incoming, recalling, receivables

router = Router()
IncomingState = Literal["SUSPENSE", "MATCHED", "SETTLED", "RECALLED"]


class TermsPaymentOut(Schema):
    """Money a buyer paid under terms."""

    id: UUID
    number: str
    seller: UUID
    buyer: UUID
    amount: int
    allocated: int = Field(description="What of it settles invoices; the rest is credit")
    value_day: date
    reference: str
    noted_by_name: str
    noted_at: datetime
    taken_back_at: datetime | None


class IncomingOut(Schema):
    """Money that came to an account by somebody's own transfer: a seller's, or a lender's own."""

    id: UUID
    amount: int
    reference: str
    payer: UUID | None = Field(description="Whose account it came from, where that is known here")
    booked_on: date
    status: IncomingState
    is_missing: bool = Field(
        description="The bank took it back, and what it paid stands: to be settled by a person"
    )
    note: str


class TermsPaymentIn(Sent):
    """A payment of a buyer for what it owes."""

    buyer: UUID
    amount: Amount
    currency: Currency = "CNY"
    value_day: date | None = Field(None, description="Null: today")
    reference: Line = ""
    invoices: list[Line] = Field([], max_length=100, description="Numbers, settled first")


class IncomingIn(Sent):
    """Whose money it is, for a lender of which loan; with neither it is set aside, with what else
    it is for."""

    buyer: UUID | None = None
    loan: Line = Field("", description="Number of the loan whose deposit it is; a lender's word")
    note: Line = ""


@router.get("/terms-payments", response=Page[TermsPaymentOut])
def list_terms_payments(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The payments under terms the asker made or got, newest first."""
    rows = queries.payments_visible_to(request.actor)
    by = ("-noted_at", "-id")
    return page(request, response, rows, paging, by=by, show=TermsPaymentOut.from_orm)


@router.post("/terms-payments", response={201: TermsPaymentOut})
def record_terms_payment(request: TypedRequest, payload: TermsPaymentIn, key: Key) -> HttpResponse:
    """The seller writes down a payment: it settles what is named, then the oldest, then what
    was written off; the rest is the buyer's credit."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, TermsPaymentOut]:
        made = receivables.receive(
            payload.buyer,
            actor=actor,
            amount=payload.amount,
            value_day=payload.value_day or day_of(at),
            reference=payload.reference,
            key=key,
            named=_named(actor, payload),
            at=at,
        )
        return 201, TermsPaymentOut.from_orm(made)

    return write(request, key, payload, do)


@router.post("/terms-payments/{ref}/take-back", response=TermsPaymentOut)
def take_back_terms_payment(request: TypedRequest, ref: Ref, key: Key) -> HttpResponse:
    """A payment that was written down by mistake counts no more."""

    def do(at: datetime) -> tuple[int, TermsPaymentOut]:
        done = receivables.take_back(id_or_number(ref), actor=request.actor, at=at)
        return 200, TermsPaymentOut.from_orm(done)

    return write(request, key, None, do)


@router.get("/incoming", response=Page[IncomingOut])
def list_incoming(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[IncomingState | None, Query()] = None,
) -> dict[str, object]:
    """Money that came to the asker's accounts by somebody's own transfer, newest first."""
    rows = bank.incoming_visible_to(request.actor)
    rows = rows.filter(status=status) if status else rows
    by = ("-booked_on", "-id")
    return page(request, response, rows, paging, by=by, show=IncomingOut.from_orm)


@router.post("/incoming/{row}/settle", response=IncomingOut)
def settle_incoming(
    request: TypedRequest, row: UUID, payload: IncomingIn, key: Key
) -> HttpResponse:
    """The seller says whose money it is, a lender for which loan; or what else it is for. With a
    loan it is used in a moment. Of what is missing, `note` says how it was settled."""
    actor = request.actor
    known = bank.incoming_visible_to(actor).filter(pk=row).first()

    def do(at: datetime) -> tuple[int, IncomingOut]:
        if known is not None and known.is_missing:
            recalling.let_go(row, note=payload.note, actor=actor, at=at)
        elif payload.buyer:
            incoming.settle(row, buyer=payload.buyer, actor=actor, at=at)
        elif payload.loan:
            incoming.name_loan(row, loan=payload.loan, actor=actor)
        else:
            incoming.set_aside(row, note=payload.note, actor=actor, at=at)
        return 200, IncomingOut.from_orm(bank.incoming_visible_to(actor).get(pk=row))

    return write(request, key, payload, do)


def _named(actor: Actor, payload: TermsPaymentIn) -> list[UUID]:
    mine = queries.visible_to(actor).filter(buyer=payload.buyer, number__in=payload.invoices)
    found = {one.number: one.id for one in mine}
    if missing := [number for number in payload.invoices if number not in found]:
        raise Invalid(
            "invoice-unknown", "There is no invoice %(number)s.", field="invoices",
            number=missing[0],
        )  # fmt: skip
    return [found[number] for number in payload.invoices]
