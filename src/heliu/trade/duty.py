"""What the seller still owes the lender by its duty once the loan of a dealer in default was
written off: it had promised to pay for the goods, did not, and they were sold to others for less.

    left       the price it had promised, less what the goods brought after costs, less what it has
               paid since; never more than is still owed on the loan
    pay        the seller pays it, wholly or in part
    booked     income of the lender; from now on the dealer owes it to the seller
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from heliu.capital.bank import queries as bank
from heliu.capital.bank.models import PaymentInstruction, Purpose
from heliu.capital.bank.operations import OPEN
from heliu.capital.lending import operations as lending
from heliu.capital.lending import queries as loans
from heliu.capital.lending.models import Loan, LoanStatus, PaidBy
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.money import Money
from heliu.trade import deals
from heliu.trade.financed_order.instructing import pay as order_payment
from heliu.trade.models import DUTY, Deal, Sale, Step
from heliu.trade.paperwork import loan_of, number_of
from heliu.trade.steps import is_done, locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()


def left(deal: Deal, loan: Loan) -> int:
    """What of its duty the seller has not paid yet, in fen."""
    if loan.status != LoanStatus.WRITTEN_OFF:
        return 0
    sold = Sale.objects.filter(deal=deal, paid_at__isnull=False).exclude(buyer=deal.seller)
    found = sold.aggregate(
        value=Sum("value"), brought=Sum(F("price") - F("sale_costs") - F("custody_costs"))
    )
    promised = lending.price_for_seller(loan, found["value"] or 0)
    short = promised - (found["brought"] or 0) - loans.recovered_by_duty(loan)
    return max(0, min(short, loan.claim_left))


def left_for(actor: Actor, deal: Deal) -> int:
    """The same, for the seller and the lender of the deal; nothing for anybody else."""
    if deal.loan_id is None or not {deal.seller, deal.lender} & set(actor.orgs):
        return 0
    with widened(parties(deal)):
        return left(deal, loan_of(deal))


def tell_left(deal: Deal, *, at: datetime) -> None:
    """The loan of the locked deal was written off: the seller is told what it still owes."""
    if owed := left(deal, loan_of(deal)):
        tell(
            deal.seller,
            "duty-left",
            {"number": number_of(deal), "amount": Money(owed)},
            link=deals.link(deal),
            at=at,
        )


def pay(
    deal_id: UUID, *, actor: Actor, at: datetime, amount: int | None = None
) -> PaymentInstruction:
    """The seller orders what it still owes by its duty, or a part of it, in fen.

    Said again while it is on its way, the payment that was ordered is returned.
    """
    actor.require("sell")
    deal = deals.get(actor, deal_id)
    if deal.seller not in actor.orgs:
        raise Forbidden("not-your-duty", "Only the seller pays by its duty.")
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan = loan_of(deal)
        if (known := _under_way(deal)) is not None:
            return known
        owed = left(deal, loan)
        if not owed:
            raise Refused("no-duty-left", "You owe nothing by your duty on this order.")
        wanted = owed if amount is None else amount
        if not 0 < wanted <= owed:
            raise Invalid(
                "more-than-duty",
                "You owe %(amount)s by your duty.",
                field="amount",
                amount=str(Money(owed)),
            )
        if bank.has_open(deal.id):
            raise Refused(
                "bank-is-paying",
                "The bank is just paying for %(number)s.",
                number=number_of(deal),
                help="Try again in a minute.",
            )
        key = f"{DUTY}{_ordered(deal).count()}"
        assert deal.lender is not None
        instruction = order_payment(
            deal, Purpose.REFUND, deal.seller, deal.lender, wanted, key=key, actor=actor, at=at
        )
    wake(deal.id)
    return instruction


def booked(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The seller's money by its duty reached the lender."""
    key = str(instruction.pk)
    if is_done(deal, Step.RECOVERED, key=key):
        return
    loan = loan_of(deal)
    lending.recovered(
        loan,
        amount=instruction.amount,
        key=key,
        effective=instruction.booked_on or day_of(at),
        paid_by=PaidBy.SELLER,
        at=at,
    )
    claim = loan_of(deal).claim_left
    remember(
        deal, Step.RECOVERED, key=key, actor=SYSTEM, at=at,
        amount=instruction.amount, unapplied=0, left=claim, by="seller",
    )  # fmt: skip
    said: dict[str, Parameter] = {
        "amount": Money(instruction.amount),
        "number": number_of(deal),
        "left": Money(claim),
    }
    for org in (deal.buyer, loan.lender):
        tell(org, "recovered-by-duty", said, link=deals.link(deal), at=at)


def _ordered(deal: Deal) -> QuerySet[PaymentInstruction]:
    return PaymentInstruction.objects.filter(
        deal=deal.pk, purpose=Purpose.REFUND, key__startswith=DUTY
    )


def _under_way(deal: Deal) -> PaymentInstruction | None:
    return _ordered(deal).filter(status__in=OPEN).first()
