"""From the deposit to the seller's money: the loan is paid out, or a bill accepted."""

from __future__ import annotations

from datetime import datetime, timedelta

from heliu.capital.bank import operations as bank
from heliu.capital.bank.models import PaymentInstruction, Purpose
from heliu.capital.credit.models import Instrument
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import OrderStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.kernel.parties.queries import names
from heliu.trade import controls, deals, registration, spending
from heliu.trade.financed_order.instructing import pay
from heliu.trade.models import Deal, Step
from heliu.trade.paperwork import loan_of, order_of
from heliu.trade.steps import is_done, parties, remember

SYSTEM = Actor.system()


def deposit_booked(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The bank has taken the deposit in."""
    if not is_done(deal, Step.DEPOSIT_BOOKED):
        loan = lending.deposit_booked(
            loan_of(deal), amount=instruction.amount, effective=instruction.booked_on, at=at
        )
        deposit_is_there(deal, loan, amount=instruction.amount, at=at)


def deposit_is_there(deal: Deal, loan: Loan, *, amount: int, at: datetime) -> None:
    """The bank holds the deposit; the loan or the bill follows when the goods are clear."""
    remember(deal, Step.DEPOSIT_BOOKED, actor=SYSTEM, at=at, amount=amount)
    if loan.instrument == Instrument.LOAN:
        _earmark(deal, loan, at=at)
    registration.search_anew(deal, loan, at=at)
    finance(deal, at=at)


def _earmark(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """Name, once and for all, where the order's money may go from the supervised account."""
    bank.open_supervised(dealer=loan.borrower, lender=loan.lender, actor=SYSTEM, at=at)
    bank.earmark(
        deal=deal.id,
        order=deal.order_id,
        dealer=loan.borrower,
        seller=loan.seller,
        lender=loan.lender,
        amount=loan.order_total,
        at=at,
    )


def finance(deal: Deal, *, at: datetime) -> None:
    """The deposit is there, nobody else has a claim and nothing speaks against the order: the bank
    pays out the loan, or accepts the bill. Whichever comes last goes on with the deal."""
    loan = loan_of(deal)
    if loan.status != LoanStatus.FUNDED_SHARE or not registration.is_clear(deal):
        return
    if not controls.are_clear(deal, loan, at=at):
        return
    do = accept_bill if loan.instrument == Instrument.ACCEPTANCE_BILL else pay_out
    do(deal, loan, at=at)


def accept_bill(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """The lender accepts a bill of the order for the seller, which may ship against it. No money
    moves, so nothing is told to the bank's payments."""
    if not remember(
        deal, Step.BILL_ACCEPTED, actor=SYSTEM, at=at, bill=loan.bill, amount=loan.principal
    ):
        return
    loan = lending.bill_accepted(loan, effective=day_of(at), at=at)
    said = {"bill": loan.bill, "due": loan.due_on.isoformat()}
    _let_go(deal, loan, "bill-accepted", said, at=at)


def pay_out(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """The loan is paid out, and beside it the own share, unless the deposit is a margin that
    stays."""
    lending.disbursing(loan, at=at)
    pay(deal, Purpose.DISBURSEMENT, loan.lender, loan.borrower, loan.principal, at=at)
    if loan.own_share:
        pay(deal, Purpose.OWN_SHARE, loan.lender, loan.borrower, loan.own_share, at=at)


def disbursed(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The loan lies in the dealer's supervised account; interest runs since the bank booked it."""
    if not remember(deal, Step.DISBURSED, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    booked_on = instruction.booked_on or day_of(at)
    loan = lending.disbursed(loan_of(deal), effective=booked_on, at=at)
    _pay_seller(deal, loan, at=at)


def own_share_moved(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The deposit lies beside the loan."""
    if not remember(deal, Step.OWN_SHARE_MOVED, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    loan = lending.own_share_moved(loan_of(deal), at=at)
    _pay_seller(deal, loan, at=at)


def _pay_seller(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """The order's money lies in the supervised account, the own share too: pay the named seller."""
    is_complete = not loan.own_share or is_done(deal, Step.OWN_SHARE_MOVED)
    if not (is_complete and is_done(deal, Step.DISBURSED)):
        return
    loan = lending.paying_seller(loan_of(deal), at=at)
    pay(deal, Purpose.SELLER_PAYMENT, loan.borrower, loan.seller, loan.order_total, at=at)


def seller_paid(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The seller has its money: the order is confirmed and the goods may leave."""
    if not remember(deal, Step.SELLER_PAID, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    _let_go(deal, lending.seller_paid(loan_of(deal), at=at), "seller-paid", {}, at=at)


def _let_go(deal: Deal, loan: Loan, kind: str, said: dict[str, str], *, at: datetime) -> None:
    """The order confirms itself and the seller is told that the goods may leave."""
    order = order_of(deal)
    if loan.ship_days is not None:
        deal.ship_by = day_of(at) + timedelta(days=loan.ship_days)
        deal.save(update_fields=["ship_by"])
    if order.status == OrderStatus.PLACED:
        ordering.confirm(order, actor=SYSTEM, at=at, audience=parties(deal))
        spending.confirmed(order.pk, at=at)
        remember(deal, Step.CONFIRMED, actor=SYSTEM, at=at)
    tell(
        deal.seller,
        kind,
        {
            "amount": Money(loan.order_total),
            "number": order.number,
            "warehouse": names([order.warehouse])[order.warehouse],
            **said,
        },
        link=deals.link(deal),
        at=at,
    )
