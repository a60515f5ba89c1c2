"""Loans, what is owed on them, and the line they are drawn from."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Ref, id_or_number
from heliu.api.paging import Page, Paging, page
from heliu.capital.lending import queries
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.money import CURRENCY

router = Router()

LoanStatus = Literal[
    "REFERRED",
    "QUOTED",
    "DECLINED",
    "EXPIRED",
    "AWAIT_DEPOSIT",
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
ReleaseMode = Literal["PROPORTIONAL", "DEPOSIT_FIRST"]


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
    exposure: int = Field(description="Owed, or promised by a bill, and secured by no margin")
    interest_paid: int
    penalty_paid: int
    fee_paid: int
    stop_reason: str


class RepaymentOut(Schema):
    """Money that came for a loan, and what it paid."""

    paid_by: str = Field(description="BORROWER, SELLER for a refund, or MARGIN that was set off")
    amount: int
    effective: date
    fee: int
    penalty: int
    interest: int
    principal: int
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
