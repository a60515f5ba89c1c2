"""The dealer repays: what the money pays, and what a payment leads to."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from heliu.capital.bank import queries as payments
from heliu.capital.bank.models import PaymentInstruction, Purpose
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.trade import deals, sales
from heliu.trade.financed_order.closing import close_if_done
from heliu.trade.financed_order.instructing import (
    is_seller_paying,
    pay,
    return_deposit,
    return_more,
    return_unapplied,
    seller_is_paying,
)
from heliu.trade.models import Deal, MarkCause, Step
from heliu.trade.paperwork import loan_of, number_of
from heliu.trade.pool_marks import valued_anew
from heliu.trade.reckoned import remember_reckoned
from heliu.trade.releasing import release
from heliu.trade.repayment import require_running
from heliu.trade.steps import is_done, locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()


def repay(
    deal_id: UUID,
    *,
    actor: Actor,
    key: str,
    at: datetime,
    amount: int | None = None,
    percent: Decimal | None = None,
) -> PaymentInstruction:
    """The dealer orders a repayment from its own account: an amount in minor units, or a percent
    of the loan (with the interest and fees that fall due before it; 100 means all that is owed).

    The goods come free when the bank has booked it. `key` makes a repeated call harmless.
    """
    actor.require("pay")
    deal = deals.get(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        known = payments.written(deal.id, Purpose.REPAYMENT, key)
        if known is not None and amount in (None, known.amount):
            return known
        loan = loan_of(deal)
        if not loan.claim_left:  # what was written off is still owed
            require_running(loan)
        if sales.is_open(deal):
            raise Refused(
                "goods-being-sold",
                "The bank has sold goods of %(number)s and waits for the money.",
                number=loan.number,
                help="Try again when it is there, or when the sale is called off.",
            )
        if is_seller_paying(deal, loan):
            raise seller_is_paying(loan)
        if amount is None:
            amount = lending.amount_for(loan, percent or Decimal(100), on=day_of(at))
        if amount <= 0:
            raise Invalid(
                "amount-not-positive", "A repayment needs an amount above zero.", field="amount"
            )
        instruction = pay(
            deal,
            Purpose.REPAYMENT,
            loan.borrower,
            loan.lender,
            amount,
            key=key,
            actor=actor,
            at=at,
        )
        remember(deal, Step.REPAYMENT_ASKED, key=key, actor=actor, at=at, amount=amount)
    wake(deal.id)
    return instruction


def repaid(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The money came: it pays what is owed, and the goods it has earned are released at once."""
    key = str(instruction.pk)
    if is_done(deal, Step.REPAID, key=key):
        return
    loan = loan_of(deal)
    returning, was_repaid = loan.deposit_back, loan.status == LoanStatus.REPAID
    # Of value on the day the bank booked it, however late we heard of it.
    result = lending.repaid(
        loan,
        amount=instruction.amount,
        key=key,
        effective=instruction.booked_on or day_of(at),
        at=at,
    )
    remember(
        deal,
        Step.REPAID,
        key=key,
        actor=SYSTEM,
        at=at,
        amount=instruction.amount,
        principal=result.allocation.principal,
        interest=result.allocation.interest,
        penalty=result.allocation.penalty,
        fee=result.allocation.fee,
        unapplied=result.allocation.unapplied,
    )
    tell(
        deal.buyer,
        "repaid",
        {"amount": Money(instruction.amount), "number": number_of(deal)},
        link=deals.link(deal),
        at=at,
    )
    if result.allocation.unapplied:
        return_unapplied(deal, result.allocation.unapplied, key=key, at=at)
    if replayed := result.replayed:
        remember_reckoned(deal, loan, replayed, was_repaid=was_repaid, actor=SYSTEM, at=at)
        return_more(deal, replayed, at=at)
    go_on_after(deal, loan, returning=returning, key=key, at=at)


def go_on_after(deal: Deal, loan: Loan, *, returning: int, key: str, at: datetime) -> None:
    """What a payment leads to: the margin that is free goes back (`returning` was on its way before
    it), goods come free, and the deal may be over."""
    if back := loan.deposit_back - returning:
        return_deposit(deal, back, payer=loan.lender, key=key, at=at)
    if loan.status in (LoanStatus.REPAID, LoanStatus.CLOSED):
        approvals.overtaken(deal.id, at=at)
    release(deal, key=key, at=at)
    valued_anew(deal, MarkCause.REPAID, at=at)
    close_if_done(deal, at=at)
