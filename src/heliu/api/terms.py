"""Trade credit: terms, invoices, payments, what is owed and how old it is, money in suspense."""

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
from heliu.api.fields import (
    LARGEST,
    Amount,
    Currency,
    Flag,
    Language,
    Line,
    Ref,
    Sent,
    Text,
    Whole,
    id_or_number,
)
from heliu.api.files import PDF
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.capital.bank import queries as bank
from heliu.capital.terms import operations, queries
from heliu.capital.terms.operations import Wanted
from heliu.capital.terms.policies import Level
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.trade import incoming, papers, recalling, receivables

router = Router()

InvoiceStatus = Literal["OPEN", "PART_PAID", "PAID", "OVERDUE", "DISPUTED", "WRITTEN_OFF", "SOLD"]
Rule = Literal["NET", "MONTH_END", "DAY_OF_MONTH"]
Few = Annotated[int, Field(ge=0, le=365), Whole]
Sum = Annotated[int, Field(ge=0, le=LARGEST, description="Minor units (fen)"), Whole]
Rate = Annotated[str, Field(pattern=r"^[0-9]{1,2}(\.[0-9]{1,2})?$", description="Per cent")]


class CreditTermsOut(Schema):
    """What a seller grants a buyer."""

    seller: UUID
    buyer: UUID
    ceiling: int = Field(description="The trade credit")
    rule: Rule
    days: int = Field(description="After shipment or the month's end, or the day of the month")
    part_days: list[int] = Field(description="Of instalments the days of each; none: one sum")
    part_shares: list[int] = Field(description="The per cent of each, 100 together")
    rolls: bool = Field(description="Whether a weekend or holiday becomes the next working day")
    discount: Decimal = Field(description="Per cent off for paying early")
    discount_days: int
    late_rate: Decimal = Field(description="Per cent a year on what is late")
    grace_days: int = Field(description="Days late before orders stop")
    tolerance: int = Field(description="What is late and too small to stop for")
    stop: Literal["", "OVERDUE", "HAND"] = Field(description="Why orders on terms are stopped")
    stopped_on: date | None
    passes_until: date | None = Field(description="A person lets orders pass until this day")


class TermsIn(Sent):
    """What the seller grants from now on."""

    ceiling: Sum
    rule: Rule = "NET"
    days: Few = 30
    part_days: list[Few] = Field([], max_length=12, description="Of instalments, rising")
    part_shares: list[Few] = Field([], max_length=12, description="Per cent of each, 100 together")
    rolls: Flag = True
    discount: Rate = "0"
    discount_days: Few = 0
    late_rate: Rate = "0"
    grace_days: Few = 30
    tolerance: Sum = 0


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


IncomingState = Literal["SUSPENSE", "MATCHED", "SETTLED", "RECALLED"]


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


class DisputeIn(Sent):
    """How much of an invoice the buyer does not owe, and why."""

    amount: Sum
    reason: Text = ""


class CreditIn(Sent):
    """What of an invoice is owed no more, and why."""

    amount: Amount
    currency: Currency = "CNY"
    reason: Text = Field(min_length=1)


class WhyIn(Sent):
    """Why; kept, and shown to who must agree."""

    reason: Text = Field(min_length=1)


class IncomingIn(Sent):
    """Whose money it is, for a lender of which loan; with neither it is set aside, with what else
    it is for."""

    buyer: UUID | None = None
    loan: Line = Field("", description="Number of the loan whose deposit it is; a lender's word")
    note: Line = ""


class ReminderLevelIn(Sent):
    """A step of the ladder, days after the due day (before it, below zero)."""

    days: Annotated[int, Field(ge=-30, le=365), Whole]
    kind: Literal["REMIND", "STOP", "CLAIM"]


class LadderIn(Sent):
    """The steps by which a seller reminds from now on."""

    levels: list[ReminderLevelIn] = Field(max_length=12)


class ReminderLevelOut(Schema):
    """A step of the ladder, days after the due day (before it, below zero)."""

    days: int
    kind: Literal["REMIND", "STOP", "CLAIM"]


class LadderOut(Schema):
    """The steps by which a seller reminds."""

    levels: list[ReminderLevelOut]


class Outcome(Schema):
    """What came of it: done, or the others of the house are asked."""

    is_done: bool
    approval: UUID | None


@router.get("/terms", response=Page[CreditTermsOut])
def list_terms(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The terms the asker grants or has."""
    rows = queries.terms_visible_to(request.actor)
    return page(request, response, rows, paging, by=("id",), show=CreditTermsOut.from_orm)


@router.put("/terms/{buyer}", response=CreditTermsOut)
def set_terms(request: TypedRequest, buyer: UUID, payload: TermsIn, key: Key) -> HttpResponse:
    """The seller sets what a buyer may owe, and by when; invoices that are there keep their days.

    `ceiling-short` (409): more than that is owed or ordered already.
    """
    said: dict[str, Any] = payload.model_dump()
    said |= {name: Decimal(said[name]) for name in ("discount", "late_rate")}
    said |= {name: tuple(said[name]) for name in ("part_days", "part_shares")}

    def do(at: datetime) -> tuple[int, CreditTermsOut]:
        found = receivables.set_terms(buyer, Wanted(**said), actor=request.actor, at=at)
        return 200, CreditTermsOut.from_orm(found)

    return write(request, key, payload, do)


@router.post("/terms/{buyer}/stop", response=CreditTermsOut)
def stop_orders(request: TypedRequest, buyer: UUID, key: Key) -> HttpResponse:
    """The seller stops a buyer's orders on terms."""

    def do(at: datetime) -> tuple[int, CreditTermsOut]:
        found = receivables.stop_orders(buyer, actor=request.actor, at=at)
        return 200, CreditTermsOut.from_orm(found)

    return write(request, key, None, do)


@router.post("/terms/{buyer}/pass", response={202: Outcome})
def let_orders_pass(request: TypedRequest, buyer: UUID, payload: WhyIn, key: Key) -> HttpResponse:
    """The seller lets orders pass for a week although something is overdue; or asks its others."""

    def do(at: datetime) -> tuple[int, Outcome]:
        done = receivables.ask_let_pass(buyer, actor=request.actor, reason=payload.reason, at=at)
        return 202, _outcome(done)

    return write(request, key, payload, do)


@router.get("/reminder-ladder", response=LadderOut)
def get_ladder(request: TypedRequest) -> LadderOut:
    """The steps by which the asker's house reminds."""
    return _ladder(request.actor)


@router.put("/reminder-ladder", response=LadderOut)
def set_ladder(request: TypedRequest, payload: LadderIn, key: Key) -> HttpResponse:
    """The seller sets its steps of reminding."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, LadderOut]:
        levels = [Level(one.days, one.kind) for one in payload.levels]
        operations.set_ladder(levels, seller=actor.own_org, actor=actor, at=at)
        return 200, _ladder(actor)

    return write(request, key, payload, do)


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
        return 202, _outcome(done)

    return write(request, key, payload, do)


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
    """The seller writes down a payment: it settles what is named, then the oldest; the rest is the
    buyer's credit."""
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


def _outcome(asked: Any) -> Outcome:
    return Outcome(is_done=asked is None, approval=asked.id if asked else None)


def _ladder(actor: Actor) -> LadderOut:
    steps = queries.ladder_of(actor.own_org)
    return LadderOut.model_validate({"levels": [one._asdict() for one in steps]})


def _standing(one: queries.Standing) -> dict[str, object]:
    """As `StandingOut` tells it."""
    not_due, first, second, third, fourth = one.aged
    return {
        "seller": one.seller, "buyer": one.buyer, "owed": one.owed, "not_due": not_due,
        "late_1_30": first, "late_31_60": second, "late_61_90": third, "late_91": fourth,
        "credit": one.credit, "disputed": one.disputed, "invoices": one.invoices,
        "oldest_due": one.oldest_due,
    }  # fmt: skip


def _named(actor: Actor, payload: TermsPaymentIn) -> list[UUID]:
    mine = queries.visible_to(actor).filter(buyer=payload.buyer, number__in=payload.invoices)
    found = {one.number: one.id for one in mine}
    if missing := [number for number in payload.invoices if number not in found]:
        raise Invalid(
            "invoice-unknown", "There is no invoice %(number)s.", field="invoices",
            number=missing[0],
        )  # fmt: skip
    return [found[number] for number in payload.invoices]
