"""Payments on a loan that prove to be others: another value day, or none at all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.approvals import ApprovalOut
from heliu.api.fields import Ref, Sent, Text, id_or_number
from heliu.api.loans import LoanOut
from heliu.api.writes import Key, write
from heliu.capital.lending import queries
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.trade import corrections

router = Router()


class ReplayOut(Schema):
    """What followed a day was reversed and reckoned anew in the order of value days."""

    id: UUID
    number: int
    cause: str = Field(description="LATE, CORRECTED, TAKEN_BACK or PAID_OUT")
    key: str = Field(description="Of the payment: the id of its instruction; empty for PAID_OUT")
    value_day: date = Field(description="As told")
    counts_from: date = Field(description="Later where days are closed or settled by others' money")
    entries: int = Field(description="How many entries were reversed")
    reason: str
    by_name: str
    at: datetime


class ValueDayIn(Sent):
    """From which day a payment counts."""

    value_day: date
    reason: Text = Field(min_length=1)


class PayOutDayIn(Sent):
    """On which day a loan was paid out."""

    value_day: date
    reason: Text = Field(min_length=1)


class TakenBackIn(Sent):
    """Why a payment is taken back."""

    reason: Text = Field(min_length=1)


@router.get("/loans/{ref}/replays", response=list[ReplayOut])
def list_replays(request: TypedRequest, ref: Ref) -> object:
    """How often and why the payments of a loan were reckoned anew, newest first."""
    loan = queries.get(request.actor, id_or_number(ref))
    return queries.replays(request.actor, loan)


@router.post(
    "/loans/{ref}/repayments/{payment}/value-day", response={200: LoanOut, 202: ApprovalOut}
)
def correct_value_day(
    request: TypedRequest, ref: Ref, payment: UUID, payload: ValueDayIn, key: Key
) -> HttpResponse:
    """The lender says that a payment counts from another day; `payment` is its instruction.

    202 when others at the lender must agree first. `day-closed` and `settled-since` (409) change
    nothing.
    """

    def do(at: datetime) -> tuple[int, LoanOut | ApprovalOut]:
        done = corrections.correct_value_day(
            _deal(request.actor, ref),
            key=str(payment),
            value_day=payload.value_day,
            reason=payload.reason,
            actor=request.actor,
            at=at,
        )
        return _answer(done)

    return write(request, key, payload, do)


@router.post(
    "/loans/{ref}/repayments/{payment}/take-back", response={200: LoanOut, 202: ApprovalOut}
)
def take_repayment_back(
    request: TypedRequest, ref: Ref, payment: UUID, payload: TakenBackIn, key: Key
) -> HttpResponse:
    """The lender says that a payment was not for this loan: it pays nothing, and goes back.

    202 when others at the lender must agree first. `day-closed`, `settled-since` and
    `payment-stands` (409) change nothing.
    """

    def do(at: datetime) -> tuple[int, LoanOut | ApprovalOut]:
        done = corrections.take_back(
            _deal(request.actor, ref),
            key=str(payment),
            reason=payload.reason,
            actor=request.actor,
            at=at,
        )
        return _answer(done)

    return write(request, key, payload, do)


@router.post("/loans/{ref}/pay-out/value-day", response={200: LoanOut, 202: ApprovalOut})
def correct_pay_out(
    request: TypedRequest, ref: Ref, payload: PayOutDayIn, key: Key
) -> HttpResponse:
    """The lender says that the loan was paid out on another day: interest and term run from there.

    202 when others at the lender must agree first. `day-closed`, `settled-since`, `paid-before` and
    `payment-stands` (409) change nothing.
    """

    def do(at: datetime) -> tuple[int, LoanOut | ApprovalOut]:
        done = corrections.correct_pay_out(
            _deal(request.actor, ref),
            value_day=payload.value_day,
            reason=payload.reason,
            actor=request.actor,
            at=at,
        )
        return _answer(done)

    return write(request, key, payload, do)


def _answer(done: Any) -> tuple[int, LoanOut | ApprovalOut]:
    if corrections.is_asked(done):
        return 202, ApprovalOut.from_orm(done)
    return 200, LoanOut.from_orm(done)


def _deal(actor: Actor, ref: str) -> UUID:
    return queries.get(actor, id_or_number(ref)).deal
