"""Payment instructions to the bank and what became of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Ref, id_or_number
from heliu.api.paging import Page, Paging, page
from heliu.capital.bank import queries
from heliu.kernel.access.request import TypedRequest

router = Router()

PaymentStatus = Literal["CREATED", "SENT", "UNKNOWN", "BOOKED", "REJECTED"]
PaymentPurpose = Literal[
    "DEPOSIT",
    "DISBURSEMENT",
    "PAY_OUT",
    "OWN_SHARE",
    "SELLER_PAYMENT",
    "REPAYMENT",
    "REFUND",
    "LOAN_BACK",
    "DEPOSIT_BACK",
    "UNAPPLIED_BACK",
    "SALE",
    "RETURN",
    "BILL_PAYMENT",
]


class PaymentOut(Schema):
    """An order to the bank to move money, under an id that never changes."""

    id: UUID
    number: str
    deal: UUID
    purpose: PaymentPurpose
    payer: UUID
    payee: UUID
    lender: UUID
    from_number: str = Field(description="The account it leaves")
    to_number: str = Field(description="The account it goes to")
    amount: int
    currency: str
    status: PaymentStatus
    reason: str = Field(description="ISO 20022 code of a rejection")
    bank_reference: str
    created_by_name: str
    created_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    booked_on: date | None


@router.get("/payments", response=Page[PaymentOut])
def list_payments(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[PaymentStatus | None, Query(description="Only in this state")] = None,
    purpose: Annotated[PaymentPurpose | None, Query(description="Only for this purpose")] = None,
    deal: Annotated[UUID | None, Query(description="Only of this deal")] = None,
) -> dict[str, object]:
    """The payments the asker pays, receives or finances, newest first."""
    rows = queries.visible_to(request.actor)
    for name, value in (("status", status), ("purpose", purpose), ("deal", deal)):
        if value:
            rows = rows.filter(**{name: value})
    by = ("-created_at", "-id")
    return page(request, response, rows, paging, by=by, show=PaymentOut.from_orm)


@router.get("/payments/{ref}", response=PaymentOut)
def get_payment(request: TypedRequest, ref: Ref) -> object:
    """One payment."""
    return queries.get(request.actor, id_or_number(ref))
