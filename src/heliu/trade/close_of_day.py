"""What the turn of the day brings: interest, due dates, arrears, codes and quotes that ran out,
and the comparison of ended days with the bank's statements."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from heliu.capital.lending import operations as lending
from heliu.capital.lending import queries as loans
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.logistics.pledges import operations as pledges
from heliu.trade import deals
from heliu.trade.models import Deal, Step
from heliu.trade.paperwork import loan_of, order_of
from heliu.trade.reconcile_days import reconcile_days
from heliu.trade.steps import locked, remember
from heliu.trade.sweeper import sweep

SYSTEM = Actor.system()
SOON = timedelta(days=3)


def close_of_day(*, at: datetime) -> int:
    """Bring every running loan up to today, one transaction each; returns how many there were.

    Safe to run at any time and again: interest is posted as what is due to date less what was
    posted, and each notice and step is written once.
    """
    running = list(loans.running().values_list("deal", flat=True))
    for deal_id in running:
        with transaction.atomic():
            _bring_up_to_date(locked(deal_id), at=at)
    sweep(at=at)
    pledges.expire_codes(at=at)
    with transaction.atomic():
        reconcile_days(at=at)
    return len(running)


def _bring_up_to_date(deal: Deal, *, at: datetime) -> None:
    today = day_of(at)
    loan = lending.accrue(loan_of(deal), until=today, at=at)
    owed = lending.owed(loan, on=today)
    if lending.mark_overdue(loan, on=today, at=at):
        remember(deal, Step.OVERDUE, actor=SYSTEM, at=at, due_on=loan.due_on, owed=owed.total)
        _tell_dealer(deal, "loan-overdue", owed.total, at=at)
    elif loan.due_on - SOON <= today <= loan.due_on and remember(
        deal, Step.DUE_SOON, actor=SYSTEM, at=at, due_on=loan.due_on
    ):
        _tell_dealer(deal, "loan-due", owed.total, at=at)


def _tell_dealer(deal: Deal, kind: str, amount: int, *, at: datetime) -> None:
    tell(
        deal.buyer,
        kind,
        {
            "amount": Money(amount),
            "number": order_of(deal).number,
            "due": loan_of(deal).due_on.isoformat(),
        },
        link=deals.link(deal),
        at=at,
    )
