"""Loans, what is owed on them, and the line they are drawn from."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from heliu.api.fields import (
    MOST_LINES,
    Amount,
    Code,
    Currency,
    Goods,
    Language,
    Percent,
    Quantity,
    Ref,
    Sent,
    id_or_number,
)
from heliu.api.files import PDF
from heliu.api.paging import Page, Paging, page
from heliu.capital.lending import queries
from heliu.capital.lending.policies import allocating
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties import queries as parties
from heliu.trade import papers, repayment
from heliu.trade.repayment import Subject

router = Router()

MONTH = r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$"

LoanStatus = Literal[
    "REFERRED",
    "QUOTED",
    "DECLINED",
    "EXPIRED",
    "AWAIT_DEPOSIT",
    "AWAIT_GOODS",
    "FUNDED_SHARE",
    "DISBURSING",
    "DISBURSED",
    "PAYING_SELLER",
    "SELLER_PAID",
    "OVERDUE",
    "ENFORCING",
    "WRITTEN_OFF",
    "REPAID",
    "BANK_REJECTED",
    "UNWINDING",
    "CANCELLED",
    "CLOSED",
]


Instrument = Literal["LOAN", "ACCEPTANCE_BILL"]
DepositMode = Literal["DOWN_PAYMENT", "CASH_MARGIN"]
ReleaseMode = Literal["PROPORTIONAL", "DEPOSIT_FIRST", "FLOOR"]


class OwedOut(Schema):
    """What is owed if all is paid on a day; interest and penalty to that day are in it."""

    principal: int
    interest: int
    penalty: int
    fee: int
    total: int


class LoanOut(Schema):
    """One use of a facility for one order."""

    id: UUID
    number: str
    deal: UUID
    order_id: UUID
    borrower: UUID
    seller: UUID
    lender: UUID
    status: LoanStatus
    currency: str
    order_total: int = Field(
        description="Deposit + principal; the principal where the deposit is a margin"
    )
    deposit: int
    principal: int
    deposit_ratio: Decimal
    rate: Decimal = Field(description="Per cent a year")
    day_count: str = Field(description="Such as ACT/360")
    days: int
    due_on: date
    grace_days: int
    penalty_factor: Decimal
    instrument: Instrument = Field(description="With what the lender finances the order")
    bill: str = Field(description="Number of the accepted bill, or empty")
    accepted_on: date | None
    deposit_mode: DepositMode = Field(description="What the deposit does")
    release_mode: ReleaseMode = Field(description="What sets pledged goods free")
    deposit_by: Literal["COLLECTED", "PAID_IN"] = Field(
        description="The bank takes the deposit, or the borrower pays it in, naming the loan"
    )
    pay_into: str = Field(description="Account for a deposit the borrower pays in, once signed")
    deposit_until: date | None = Field(description="By when it is to be paid in")
    deposit_missing: int = Field(description="What the bank still awaits of it")
    fee: int
    interest: int = Field(description="Of the whole term, if nothing is repaid before it is due")
    total_cost: int
    apr: Decimal
    effective_rate: Decimal
    agreement_digest: str
    created_at: datetime
    expires_at: datetime = Field(description="Until when the quote can be signed")
    signed_at: datetime | None
    disbursed_on: date | None
    seller_paid_at: datetime | None
    repaid_at: datetime | None
    principal_repaid: int
    principal_left: int
    margin: int = Field(description="What of the deposit the lender keeps now")
    margin_rate: Decimal = Field(description="What the margin bears, per cent a year")
    margin_interest: int = Field(
        description="What of it was credited, when the margin was set off or came free"
    )
    exposure: int = Field(description="Owed, or promised by a bill, and secured by no margin")
    interest_paid: int
    penalty_paid: int
    fee_paid: int
    claim_left: int = Field(description="Still owed of a loan that was written off")
    stop_reason: str


class RepaymentOut(Schema):
    """Money that came for a loan, and what it pays."""

    key: str = Field(description="Of a borrower's payment the id of its instruction")
    paid_by: str = Field(
        description="BORROWER, SELLER for a refund, SALE for a sale of its goods, MARGIN set off"
    )
    amount: int
    effective: date
    costs: int = Field(description="Of a sale of goods, with storage and custody")
    fee: int
    penalty: int
    interest: int
    principal: int
    recovered: int = Field(description="Paid on a loan that was written off")
    margin: int = Field(description="What of it filled up the margin of a bill")
    unapplied: int = Field(description="What was left over")


class LoanDetail(LoanOut):
    """A loan with what is owed on a day and what was paid so far."""

    owed_on: date
    owed: OwedOut
    repayments: list[RepaymentOut]


class CreditLineOut(Schema):
    """What the asker may still borrow: limit = used + held + free."""

    facility: str = Field(description="Number of the facility")
    lender: UUID
    seller: UUID
    currency: str
    limit: int
    used: int
    held: int = Field(description="By quotes that are not paid out yet")
    free: int
    deposit_ratio: Decimal
    rate: Decimal
    grade: str
    valid_to: date
    next_due_on: date | None
    next_due: int = Field(description="Principal that falls due next")


class WantedIn(Sent):
    """Goods wanted free."""

    sku: UUID
    quantity: Quantity


class TrialIn(Sent):
    """A repayment to try: an `amount`, a `percent` of the loan, or the `goods` it is to free."""

    amount: Amount | None = None
    percent: Percent | None = Field(None, description='Such as "30"; 100 is all that is owed')
    goods: list[WantedIn] | None = Field(None, min_length=1, max_length=MOST_LINES)
    currency: Currency = "CNY"


class FreedOut(Schema):
    """Goods of one kind that are bound for a loan, and what of them would come free."""

    sku: Goods
    bound: int
    quantity: int = Field(description="Whole units, the oldest first")
    value: int


class SimulatedOut(Schema):
    """What a repayment would do if the bank booked it on the day."""

    on: date
    currency: str
    amount: int
    owed: OwedOut
    fee: int
    penalty: int
    interest: int
    principal: int
    unapplied: int = Field(description="What would be left over, and goes back")
    principal_left: int
    settles: bool = Field(description="Whether nothing would be owed any more")
    frees: list[FreedOut]
    waits_for_lender: bool = Field(description="Whether the lender's people agree to it first")
    left_over: int = Field(description="Value of goods earned that fills no whole unit yet")
    cost_of_a_day: int = Field(description="What one day more costs without the payment")
    cost_of_a_day_after: int
    saved: int = Field(description="By paying now and not on the due day")


@router.get("/loans", response=Page[LoanOut])
def list_loans(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[LoanStatus | None, Query(description="Only in this state")] = None,
) -> dict[str, object]:
    """The loans the asker took or gave, newest first."""
    rows = queries.visible_to(request.actor)
    rows = rows.filter(status=status) if status else rows
    return page(request, response, rows, paging, by=("-created_at", "-id"), show=LoanOut.from_orm)


@router.get("/loans/{ref}", response=LoanDetail)
def get_loan(
    request: TypedRequest,
    ref: Ref,
    on: Annotated[date | None, Query(description="Owed on which day; today by default")] = None,
) -> dict[str, object]:
    """One loan, what is owed on it, and its repayments."""
    loan = queries.get(request.actor, id_or_number(ref))
    day = on or day_of(clock.now())
    return {
        **LoanOut.from_orm(loan).model_dump(),
        "owed_on": day,
        "owed": queries.owed(loan, day),
        "repayments": list(queries.repayments_of(loan)),
    }


@router.post("/loans/{ref}/simulate-repayment", response=SimulatedOut)
def simulate_repayment(request: TypedRequest, ref: Ref, payload: TrialIn) -> SimulatedOut:
    """What a repayment today would pay and free. It changes nothing; to repay is a call of deals.

    Named by amount, by percent, or by the goods that are wanted free: then it is the least amount
    that frees at least them.
    """
    named = (payload.amount, payload.percent, payload.goods)
    if sum(one is not None for one in named) != 1:
        raise Invalid("one-of-three", "Name an amount, a percent or goods.", field="amount")
    today = day_of(clock.now())
    subject = repayment.of_loan(request.actor, id_or_number(ref), on=today)
    amount = _amount(subject, payload)
    done = subject.simulate(amount)
    after, paid = done.if_paid.after, done.if_paid.paid
    return SimulatedOut(
        on=today,
        currency=CURRENCY,
        amount=amount,
        owed=OwedOut.from_orm(subject.owed),
        fee=paid.allocation.fee,
        penalty=paid.allocation.penalty,
        interest=paid.allocation.interest,
        principal=paid.allocation.principal,
        unapplied=paid.allocation.unapplied,
        principal_left=after.principal_left,
        settles=after.status == "REPAID",
        frees=[
            FreedOut(
                sku=Goods.model_validate(one.sku),
                bound=one.bound,
                quantity=one.units,
                value=one.value,
            )
            for one in done.goods
        ],
        waits_for_lender=subject.waits_for_lender(done),
        left_over=done.left_over,
        cost_of_a_day=done.if_paid.a_day,
        cost_of_a_day_after=done.if_paid.a_day_after,
        saved=done.if_paid.saved,
    )


def _amount(subject: Subject, payload: TrialIn) -> int:
    if payload.goods is not None:
        wanted: dict[UUID, int] = {}
        for line in payload.goods:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
        return subject.amount_for(wanted)
    if payload.amount is not None:
        return payload.amount
    return allocating.amount_for(
        subject.loan, subject.owed, payload.percent or Decimal(100), subject.on
    )


@router.get("/loans/{ref}/agreement/pdf", openapi_extra=PDF)
def get_loan_agreement(request: TypedRequest, ref: Ref, language: Language = "") -> HttpResponse:
    """The loan agreement as PDF, with the digest that is signed."""
    loan = queries.get(request.actor, id_or_number(ref))
    return papers.pdf(request, partial(papers.agreement, request.actor, loan))


@router.get("/loans/{ref}/statement/pdf", openapi_extra=PDF)
def get_loan_statement(
    request: TypedRequest,
    ref: Ref,
    first: Annotated[date | None, Query(description="From; from the pay-out by default")] = None,
    last: Annotated[date | None, Query(description="To; today by default")] = None,
    language: Language = "",
) -> HttpResponse:
    """What moved on a loan as PDF: opening, each movement, closing; 404 before it is paid out."""
    actor = request.actor
    loan = queries.get(actor, id_or_number(ref))
    until = last or day_of(clock.now())
    return papers.pdf(request, partial(papers.loan_statement, actor, loan, first, until))


@router.get("/loans/{ref}/repayments/{place}/pdf", openapi_extra=PDF)
def get_repayment_receipt(
    request: TypedRequest,
    ref: Ref,
    place: Annotated[int, Path(ge=1, le=10_000, description="Which payment, from 1")],
    language: Language = "",
) -> HttpResponse:
    """The receipt of a payment as PDF."""
    loan = queries.get(request.actor, id_or_number(ref))
    return papers.pdf(request, partial(papers.repayment_receipt, request.actor, loan, place))


@router.get("/dealers/{code}/statement/pdf", openapi_extra=PDF)
def get_dealer_statement(
    request: TypedRequest,
    code: Code,
    month: Annotated[str, Query(pattern=MONTH, description="Such as 2026-11")] = "",
    language: Language = "",
) -> HttpResponse:
    """A lender's statement for a dealer and a month as PDF; this month by default."""
    dealer = parties.visible_to(request.actor).filter(code__iexact=code).first()
    if dealer is None:
        raise NotFound()
    day = date.fromisoformat(f"{month}-01") if month else day_of(clock.now())
    return papers.pdf(request, partial(papers.dealer_statement, request.actor, dealer.pk, day))


@router.get("/credit-line", response=CreditLineOut)
def get_credit_line(
    request: TypedRequest,
    seller: Annotated[UUID | None, Query(description="For whose goods; the first if none")] = None,
) -> dict[str, object]:
    """The credit line of the asker's organisation; 404 when no lender has granted one yet."""
    line = queries.credit_line(request.actor, at=clock.now(), seller=seller)
    if line is None:
        raise NotFound()
    facility = line.facility
    return {
        "facility": facility.number,
        "lender": facility.lender,
        "seller": facility.seller,
        "currency": CURRENCY,
        "limit": line.limit,
        "used": line.used,
        "held": line.held,
        "free": line.free,
        "deposit_ratio": facility.deposit_ratio,
        "rate": facility.rate,
        "grade": facility.grade,
        "valid_to": facility.valid_to,
        "next_due_on": line.next_due_on,
        "next_due": line.next_due,
    }
