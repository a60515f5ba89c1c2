"""A deposit that the dealer pays in itself, to the lender's account, naming the loan.

    came       a transfer names the loan: with what came before it is enough, and the deal goes on;
               it is too little, and waits for the rest; nothing waits for it, and it goes back
    taken_back the bank takes a transfer back that was not enough yet: the rest is missing again
    run_out    the day for it has gone by: the order is called off, and what came goes back

What is too much goes back by the bank as any overpayment does. Transfers are read from the bank's
statements (`incoming`), each entry once, however often and late the bank tells of it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from heliu.capital.bank import queries as bank
from heliu.capital.bank.models import Incoming
from heliu.capital.lending import operations as lending
from heliu.capital.lending import queries as loans
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.trade import deals, side_exits
from heliu.trade.financed_order.instructing import return_unapplied
from heliu.trade.financed_order.paying_out import deposit_is_there
from heliu.trade.financed_order.signing import tell_where_to_pay
from heliu.trade.models import Deal, Step
from heliu.trade.paperwork import loan_of, number_of
from heliu.trade.steps import is_done, locked, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()
# Nobody knows yet whether a deposit will be wanted.
TO_COME = (LoanStatus.REFERRED, LoanStatus.QUOTED)


def is_to_come(loan: Loan) -> bool:
    """Whether the loan may still be signed, so that money that names it has to wait."""
    return loan.status in TO_COME


def came(deal: Deal, transfer: Incoming, *, at: datetime) -> None:
    """A transfer names the loan of the locked deal."""
    loan, key = loan_of(deal), _key(transfer)
    if is_done(deal, Step.DEPOSIT_PART, key=key) or is_done(deal, Step.CAME_UNASKED, key=key):
        return
    if loan.status != LoanStatus.AWAIT_DEPOSIT or loan.deposit_until is None:
        _give_back(deal, loan, transfer, at=at)
        return
    before = loan.unapplied
    loan = lending.deposit_booked(
        loan, amount=transfer.amount, key=key, effective=transfer.booked_on, at=at
    )
    if loan.status == LoanStatus.AWAIT_DEPOSIT:
        remember(
            deal, Step.DEPOSIT_PART, key=key, actor=SYSTEM, at=at,
            amount=transfer.amount, missing=loan.deposit_missing,
        )  # fmt: skip
        tell_where_to_pay(deal, loan, at=at)
        return
    if loan.unapplied:
        return_unapplied(deal, loan.unapplied, key=key, at=at)
    deposit_is_there(deal, loan, amount=before + transfer.amount, at=at)
    wake(deal.id)


def taken_back(deal: Deal, transfer: Incoming, *, at: datetime) -> bool:
    """The bank takes a transfer back that named the loan of the locked deal. False where it was all
    that was missing, or is on its way back to the dealer: that cannot be undone."""
    loan, key = loan_of(deal), _key(transfer)
    if loan.status != LoanStatus.AWAIT_DEPOSIT or not is_done(deal, Step.DEPOSIT_PART, key=key):
        return False
    loan = lending.deposit_withdrawn(loan, amount=transfer.amount, key=key, at=at)
    remember(
        deal, Step.DEPOSIT_WITHDRAWN, key=key, actor=SYSTEM, at=at,
        amount=transfer.amount, missing=loan.deposit_missing,
    )  # fmt: skip
    tell_where_to_pay(deal, loan, at=at)
    return True


def run_out(*, at: datetime) -> int:
    """Call off the orders whose deposit has not come by its day; returns how many.

    A day is over once the bank's statement of it is final: nobody is called off for a transfer that
    was only told late.
    """
    met = 0
    for loan in loans.deposits_overdue(on=day_of(at)):
        read = bank.read_until(loan.lender)
        if read is None or loan.deposit_until is None or read < loan.deposit_until:
            continue
        with transaction.atomic():
            met += _call_off(locked(loan.deal), at=at)
    return met


def _call_off(deal: Deal, *, at: datetime) -> bool:
    loan = loan_of(deal)
    if loan.status != LoanStatus.AWAIT_DEPOSIT:
        return False
    remember(
        deal, Step.DEPOSIT_MISSED, actor=SYSTEM, at=at,
        until=loan.deposit_until, came=loan.unapplied, missing=loan.deposit_missing,
    )  # fmt: skip
    tell(
        deal.buyer,
        "deposit-missed",
        {"number": number_of(deal), "amount": Money(loan.deposit_missing)},
        link=deals.link(deal),
        at=at,
    )
    side_exits.stop(deal, actor=SYSTEM, reason="deposit not paid in time", at=at)
    wake(deal.id)
    return True


def _give_back(deal: Deal, loan: Loan, transfer: Incoming, *, at: datetime) -> None:
    """Nothing waits for it: too late, or twice. All of it is the dealer's and goes back."""
    key = _key(transfer)
    lending.came_unasked(loan, amount=transfer.amount, key=key, effective=transfer.booked_on, at=at)
    remember(deal, Step.CAME_UNASKED, key=key, actor=SYSTEM, at=at, amount=transfer.amount)
    return_unapplied(deal, transfer.amount, key=key, at=at)
    wake(deal.id)


def _key(transfer: Incoming) -> str:
    """Each transfer once; one that the bank took back and said again, once more."""
    return f"{transfer.pk}-{transfer.recalls}" if transfer.recalls else str(transfer.pk)
