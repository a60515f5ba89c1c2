"""The deal is over: nothing is owed to anybody and nothing lies there any more."""

from __future__ import annotations

from datetime import datetime

from heliu.capital.bank import queries as payments
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.events.notices import tell
from heliu.logistics.pledges.models import PledgeStatus
from heliu.logistics.pledges.operations import binding
from heliu.trade import deals
from heliu.trade.models import BUY_BACK, Deal, Outcome, Step
from heliu.trade.paperwork import complete_order, has_all_goods, loan_of, pledge_of
from heliu.trade.pools import drop_announced
from heliu.trade.steps import count, end, is_done, parties, remember

SYSTEM = Actor.system()


def close_if_done(deal: Deal, *, at: datetime) -> None:
    """Nothing is owed to anybody and nothing lies there any more: the deal is over."""
    loan, pledge = loan_of(deal), pledge_of(deal)
    if loan.status != LoanStatus.REPAID or not has_all_goods(deal):
        return
    if pledge is None or is_owed_back(deal, loan):
        return
    pledge = binding.finish(pledge, actor=SYSTEM, at=at)
    # Cancelled: not one piece arrived that could be pledged.
    if pledge.status not in (PledgeStatus.CLOSED, PledgeStatus.CANCELLED):
        return
    if not remember(deal, Step.CLOSED, actor=SYSTEM, at=at):
        return
    lending.close(loan, at=at)
    drop_announced(deal, at=at)
    complete_order(deal, at=at)
    end(deal, Outcome.CLOSED, at=at)
    for org in parties(deal):
        tell(org, "deal-closed", {"number": deal.number}, link=deals.link(deal), at=at)


def is_owed_back(deal: Deal, loan: Loan) -> bool:
    """Whether money of the dealer is still with the lender, the seller or on its way.

    What the seller was to pay for goods of a dealer in default is owed no more once the dealer has
    paid for them itself.
    """
    if loan.unapplied or loan.deposit_back or payments.has_open(deal.id):
        return True
    asked, came = count(deal, Step.REFUND_ASKED), count(deal, Step.REFUNDED)
    asked -= is_done(deal, Step.REFUND_ASKED, key=BUY_BACK)
    came -= count(deal, Step.GOODS_GIVEN_UP)
    return asked > came
