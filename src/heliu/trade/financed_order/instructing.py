"""What the bank is told to pay for a deal, and what is on its way already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.capital.bank import operations as bank
from heliu.capital.bank import queries as payments
from heliu.capital.bank.models import PaymentInstruction, Purpose
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.lending.operations import Replayed
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.trade import deals
from heliu.trade.models import DUTY, GIVEN_BACK, Deal
from heliu.trade.paperwork import loan_of, number_of

SYSTEM = Actor.system()


def pay(
    deal: Deal,
    purpose: Purpose,
    payer: UUID,
    payee: UUID,
    amount: int,
    *,
    at: datetime,
    key: str = "",
    actor: Actor = SYSTEM,
) -> PaymentInstruction:
    """Write an instruction of the deal; the worker hands it to the bank after the commit."""
    if deal.lender is None:
        raise ValueError(f"{deal} has no bank")
    return bank.instruct(
        deal=deal.id,
        purpose=purpose,
        payer=payer,
        payee=payee,
        lender=deal.lender,
        amount=amount,
        key=key,
        actor=actor,
        at=at,
    )


def return_deposit(deal: Deal, amount: int, *, payer: UUID, key: str, at: datetime) -> None:
    """Order back to the dealer what is its own of the deposit, from where it lies."""
    pay(deal, Purpose.DEPOSIT_BACK, payer, deal.buyer, amount, key=key, at=at)


def return_unapplied(deal: Deal, amount: int, *, key: str, at: datetime) -> None:
    """Order back to the dealer what a payment brought too much, once for each payment."""
    loan = loan_of(deal)
    pay(deal, Purpose.UNAPPLIED_BACK, loan.lender, loan.borrower, amount, key=key, at=at)
    tell(
        deal.buyer,
        "refund-asked",
        {"number": number_of(deal), "amount": Money(amount)},
        link=deals.link(deal),
        at=at,
    )


def return_more(deal: Deal, done: Replayed, *, at: datetime) -> None:
    """Order back what a replay found earlier payments to have brought too much."""
    for key, more in done.overpaid.items():
        return_unapplied(deal, more, key=f"{key}:{done.replay.number}", at=at)


def is_seller_paying(deal: Deal, loan: Loan) -> bool:
    """Whether the seller's money for pledged goods, or by its duty, is on its way: what the dealer
    pays meanwhile could come first, and free the goods or leave too much."""
    if loan.status == LoanStatus.ENFORCING:
        return payments.has_open(deal.id)
    return payments.has_open_refund(deal.id, keys=(GIVEN_BACK, DUTY))


def seller_is_paying(loan: Loan) -> Refused:
    return Refused(
        "seller-is-paying",
        "The seller is just paying for the goods of %(number)s.",
        number=loan.number,
        help="Try again when the bank has booked it, or refused it.",
    )
