"""Invoices under trade credit: what is owed, how old it is, and what of it is given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.encoding import encoded
from heliu.api.fields import Amount, Currency, Language, Ref, Sent, Text, id_or_number
from heliu.api.files import PDF
from heliu.api.paging import Page, Paging, page
from heliu.api.terms import Outcome, Sum, WhyIn, outcome_of
from heliu.api.writes import Key, write
from heliu.capital.terms import queries
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.trade import papers, receivables

router = Router()
InvoiceStatus = Literal["OPEN", "PART_PAID", "PAID", "OVERDUE", "DISPUTED", "WRITTEN_OFF", "SOLD"]


class InvoiceOut(Schema):
    """What a buyer owes for a shipment, or for having paid late."""

    id: UUID
    number: str
    kind: Literal["GOODS", "INTEREST"]
    part: int = Field(description="Which instalment of its shipment")
    parts: int
    seller: UUID
    buyer: UUID
    order_id: UUID
    order_number: str
    deal: UUID
    amount: int
    paid: int
    credited: int
    discounted: int
    written_off: int
    left: int = Field(description="What is open")
    disputed: int
    dispute: str = Field(description="Why")
    issued_on: date
    due_on: date
    discount: Decimal
    discount_until: date | None
    status: InvoiceStatus
    settled_on: date | None
    interest_so_far: int = Field(
        description="What paying it late costs by today; 0 once it is settled, when an INTEREST"
        " invoice was written"
    )


class StandingOut(Schema):
    """What a buyer owes a seller now, by age."""

    seller: UUID
    buyer: UUID
    owed: int
    not_due: int
    late_1_30: int
    late_31_60: int
    late_61_90: int
    late_91: int
    credit: int = Field(description="What was paid too much")
    disputed: int
    invoices: int
    oldest_due: date | None


class DisputeIn(Sent):
    """How much of an invoice the buyer does not owe, and why."""

    amount: Sum
    reason: Text = ""


class CreditIn(Sent):
    """What of an invoice is owed no more, and why."""

    amount: Amount
    currency: Currency = "CNY"
    reason: Text = Field(min_length=1)


@router.get("/receivables", response=list[StandingOut])
def list_receivables(request: TypedRequest) -> HttpResponse:
    """What is owed to the asker and by it, pair by pair, the latest first."""
    found = queries.standings(request.actor, on=day_of(clock.now()), most=1_000)
    return encoded([_standing(one) for one in found])


@router.get("/receivables/{seller}/{buyer}/statement", openapi_extra=PDF)
def get_account_statement(
    request: TypedRequest, seller: UUID, buyer: UUID, language: Language = ""
) -> HttpResponse:
    """The statement of account of a pair as PDF, for either side."""
    actor = request.actor
    if queries.terms_of(actor, seller=seller, buyer=buyer) is None:
        raise NotFound()
    return papers.pdf(
        request, partial(papers.account_statement, actor, seller, buyer, day_of(clock.now()))
    )


@router.get("/invoices", response=Page[InvoiceOut])
def list_invoices(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[InvoiceStatus | None, Query(description="Only in this state")] = None,
    buyer: Annotated[UUID | None, Query(description="Only of this buyer")] = None,
    seller: Annotated[UUID | None, Query(description="Only of this seller")] = None,
) -> dict[str, object]:
    """The invoices the asker owes or is owed, newest first."""
    rows = queries.visible_to(request.actor)
    for name, value in (("status", status), ("buyer", buyer), ("seller", seller)):
        if value:
            rows = rows.filter(**{name: value})
    by = ("-issued_on", "-id")
    found = page(request, response, rows, paging, by=by, show=lambda row: row)
    return {**found, "items": _invoices(found["items"], clock.now())}


@router.get("/invoices/{ref}", response=InvoiceOut)
def get_invoice(request: TypedRequest, ref: Ref) -> InvoiceOut:
    """One invoice."""
    return _invoice(queries.get(request.actor, id_or_number(ref)), clock.now())


@router.post("/invoices/{ref}/dispute", response=InvoiceOut)
def dispute_invoice(request: TypedRequest, ref: Ref, payload: DisputeIn, key: Key) -> HttpResponse:
    """The buyer says that it does not owe a part; 0 ends it, which the seller may do too."""

    def do(at: datetime) -> tuple[int, InvoiceOut]:
        done = receivables.dispute(
            id_or_number(ref), actor=request.actor, amount=payload.amount, reason=payload.reason,
            at=at,
        )  # fmt: skip
        return 200, _invoice(done, at)

    return write(request, key, payload, do)


@router.post("/invoices/{ref}/credit", response=InvoiceOut)
def credit_invoice(request: TypedRequest, ref: Ref, payload: CreditIn, key: Key) -> HttpResponse:
    """The seller gives up a part of what is open. `more-than-open` (409) changes nothing."""

    def do(at: datetime) -> tuple[int, InvoiceOut]:
        done = receivables.credit_note(
            id_or_number(ref), actor=request.actor, amount=payload.amount, reason=payload.reason,
            key=key, at=at,
        )  # fmt: skip
        return 200, _invoice(done, at)

    return write(request, key, payload, do)


@router.post("/invoices/{ref}/write-off", response={202: Outcome})
def write_off_invoice(request: TypedRequest, ref: Ref, payload: WhyIn, key: Key) -> HttpResponse:
    """The seller writes off what the invoice's order owes, or asks its others."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, Outcome]:
        invoice = queries.get(actor, id_or_number(ref))
        done = receivables.ask_write_off(
            invoice.order_id, actor=actor, reason=payload.reason, at=at
        )
        return 202, outcome_of(done)

    return write(request, key, payload, do)


def _invoice(found: Any, at: datetime) -> InvoiceOut:
    return _invoices([found], at)[0]


def _invoices(found: Sequence[Any], at: datetime) -> list[InvoiceOut]:
    """With what it costs so far to pay them late, in one statement for any number."""
    interest = queries.interest_so_far(found, day_of(at))
    names = InvoiceOut.model_fields.keys() - {"interest_so_far"}
    return [
        InvoiceOut(
            **{name: getattr(one, name) for name in names},
            interest_so_far=interest.get(one.id, 0),
        )
        for one in found
    ]


def _standing(one: queries.Standing) -> dict[str, object]:
    """As `StandingOut` tells it."""
    not_due, first, second, third, fourth = one.aged
    return {
        "seller": one.seller, "buyer": one.buyer, "owed": one.owed, "not_due": not_due,
        "late_1_30": first, "late_31_60": second, "late_61_90": third, "late_91": fourth,
        "credit": one.credit, "disputed": one.disputed, "invoices": one.invoices,
        "oldest_due": one.oldest_due,
    }  # fmt: skip
