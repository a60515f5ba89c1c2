"""The margin pays: as the dealer wishes, or on the due day of a bill."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.capital.bank.models import PaymentInstruction, Purpose
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import RUNNING, Loan
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.money import Money
from heliu.trade import deals
from heliu.trade.financed_order.instructing import pay
from heliu.trade.financed_order.repaying import go_on_after
from heliu.trade.models import Deal, Step
from heliu.trade.paperwork import loan_of
from heliu.trade.steps import is_done, locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()


def set_off_margin(deal_id: UUID, *, actor: Actor, at: datetime) -> Loan:
    """The dealer lets the margin that the lender keeps pay all that is still owed; what is left of
    it comes back. Refused while it does not reach so far; done again, it changes nothing."""
    actor.require("pay")
    deal = deals.get(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan = loan_of(deal)
        if is_done(deal, Step.MARGIN_SET_OFF):
            return loan
        owed = lending.owed(loan, day_of(at)).total
        if loan.status not in RUNNING or loan.is_promised or not loan.margin:
            raise Refused(
                "nothing-to-set-off",
                "There is no margin to be set off on %(number)s now.",
                number=loan.number,
            )
        margin = lending.margin_on(loan, day_of(at))
        if owed > margin:
            raise Refused(
                "margin-too-small",
                "The margin is %(missing)s less than what is owed.",
                help="Repay at least as much first.",
                missing=Money(owed - margin),
            )
        set_off(deal, loan, actor=actor, at=at)
    wake(deal.id)
    return loan


def set_off(deal: Deal, loan: Loan, *, actor: Actor, at: datetime) -> None:
    """The margin of a locked deal pays what is owed, as far as it reaches."""
    returning, key = loan.deposit_back, "margin"
    paid = lending.set_off_margin(loan, key=key, effective=day_of(at), actor=actor, at=at)
    if paid is None:
        return
    remember(
        deal,
        Step.MARGIN_SET_OFF,
        actor=actor,
        at=at,
        amount=paid.allocation.total,
        principal=paid.allocation.principal,
    )
    go_on_after(deal, loan, returning=returning, key=key, at=at)


def pay_bill(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """The due day of a bill has come: the bank is told to pay its holder. Once, however often it is
    said; a refused payment the lender orders again."""
    pay(deal, Purpose.BILL_PAYMENT, loan.lender, loan.seller, loan.principal, at=at)
    wake(deal.id)


def bill_paid(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The holder has its money: the margin pays the lender for it, as far as it reaches."""
    if not remember(deal, Step.BILL_PAID, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    booked_on = instruction.booked_on or day_of(at)
    loan = lending.bill_paid(loan_of(deal), effective=booked_on, at=at)
    set_off(deal, loan, actor=SYSTEM, at=at)
