"""A payment that was booked proves to be another: its value day, or that it should not have been;
or the loan itself counts from another day.

All play the loan once more (`replaying`). Money that came stays money that came: a payment that is
taken back pays nothing any more, and goes back to the borrower.
"""

from __future__ import annotations

from datetime import date, datetime

from heliu.capital.credit.models import DepositMode, Instrument
from heliu.capital.lending.models import (
    RUNNING,
    Loan,
    LoanStatus,
    PaidBy,
    Repayment,
    ReplayCause,
)
from heliu.capital.lending.operations.common import lock
from heliu.capital.lending.operations.repaying import end
from heliu.capital.lending.operations.replaying import (
    Fixed,
    Replayed,
    Why,
    fixed,
    play,
    play_paid_out,
)
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused


def correct_value_day(
    loan: Loan, *, key: str, value_day: date, reason: str, actor: Actor, at: datetime
) -> Replayed | None:
    """A payment counts from another day; None when it does already. `Refused` as `take_back`."""
    actor.require("override")
    lock(loan)
    payment = _payment(loan, key)
    if payment.effective == value_day:
        return None
    if value_day > day_of(at):
        raise Invalid("day-to-come", "This day has not come yet.", field="value_day")
    limits = fixed(loan)
    _require_open(loan, payment, min(value_day, payment.effective), limits)
    why = Why(ReplayCause.CORRECTED, value_day, actor, at, _given(reason))
    done = play(loan, payment, value_day, limits, why, kept=payment.unapplied)
    _end(loan, done, actor, at)
    return done


def take_back(loan: Loan, *, key: str, reason: str, actor: Actor, at: datetime) -> Replayed | None:
    """A payment pays nothing any more, and all of it is to go back to the borrower; None when it
    was taken back before.

    `Refused` where its day is closed or others' money has settled the loan since, and when the loan
    is over. Raises `LimitShort` when the borrower has used the room that the payment gave.
    """
    actor.require("override")
    lock(loan)
    payment = _payment(loan, key)
    if payment.unapplied == payment.amount:
        return None
    limits = fixed(loan)
    _require_open(loan, payment, payment.effective, limits)
    why = Why(ReplayCause.TAKEN_BACK, payment.effective, actor, at, _given(reason))
    done = play(loan, payment, payment.effective, limits, why, kept=payment.amount)
    _end(loan, done, actor, at)
    return done


def correct_pay_out(
    loan: Loan, *, value_day: date, reason: str, actor: Actor, at: datetime
) -> Replayed | None:
    """The loan counts from another day than the bank said: interest and term run from there; None
    when they do already.

    `Invalid` for a day to come or before the loan was signed; `Refused` where one of the two days
    is closed, others' money has settled the loan since, a payment counts from before, or the loan
    is over; a bill falls due on its own day.
    """
    actor.require("override")
    lock(loan)
    if loan.disbursed_on == value_day:
        return None
    if value_day > day_of(at):
        raise Invalid("day-to-come", "This day has not come yet.", field="value_day")
    if loan.disbursed_on is None or loan.instrument != Instrument.LOAN:
        raise Refused("not-paid-out", "Nothing was paid out on %(number)s.", number=loan.number)
    if loan.signed_at is None or value_day < day_of(loan.signed_at):
        raise Invalid("before-signed", "The loan was not signed by this day.", field="value_day")
    limits, first = fixed(loan), min(value_day, loan.disbursed_on)
    _require_stands_open(loan, first, limits, is_back=bool(loan.deposit_back))
    if limits.stands is not None:
        raise _settled_since(loan)
    paid = Repayment.objects.filter(loan=loan, effective__lt=value_day)
    if paid.exists():
        raise Refused("paid-before", "A payment counts from an earlier day than this.")
    why = Why(ReplayCause.PAID_OUT, value_day, actor, at, _given(reason))
    done = play_paid_out(loan, value_day, limits, why)
    _end(loan, done, actor, at)
    return done


def _end(loan: Loan, done: Replayed, actor: Actor, at: datetime) -> None:
    if done.owing is not None:
        end(loan, PaidBy.BORROWER, done.owing, actor, at)


def _payment(loan: Loan, key: str) -> Repayment:
    found = Repayment.objects.filter(loan=loan, key=key, paid_by=PaidBy.BORROWER).first()
    if found is None:
        raise NotFound()
    return found


def _given(reason: str) -> str:
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    return reason


def _require_open(loan: Loan, payment: Repayment, since: date, limits: Fixed) -> None:
    is_back = bool(loan.deposit_back or payment.margin or payment.recovered)
    _require_stands_open(loan, since, limits, is_back=is_back)
    if limits.stands is not None and since <= limits.stands:
        raise _settled_since(loan)
    if loan.disbursed_on is None or since < loan.disbursed_on:
        raise Invalid(
            "before-the-loan", "The loan was not paid out by this day.", field="value_day"
        )


def _require_stands_open(loan: Loan, since: date, limits: Fixed, *, is_back: bool) -> None:
    is_over = loan.status == LoanStatus.REPAID and loan.deposit_mode == DepositMode.CASH_MARGIN
    if loan.status not in (*RUNNING, LoanStatus.REPAID) or is_back or is_over:
        raise Refused(
            "payment-stands",
            "The payments on %(number)s stand: it is %(now)s.",
            number=loan.number,
            now=loan.get_status_display(),
            help="Settle it outside of the loan.",
        )
    if limits.closed_to is not None and since <= limits.closed_to:
        raise Refused(
            "day-closed",
            "The books are closed up to %(last)s.",
            help="Book it on a later day, or open the period again.",
            last=limits.closed_to.isoformat(),
        )


def _settled_since(loan: Loan) -> Refused:
    return Refused(
        "settled-since",
        "Others' money has settled %(number)s since.",
        number=loan.number,
        help="Settle it outside of the loan.",
    )
