"""What stands when payments of a loan were reckoned anew, and who is told.

Interest, penalty and what each payment pays follow from the order of value days and are played
again. What people did in between is not taken back by a number: goods that left stay out, notice of
default and enforcement stand, a loan called repaid runs on. The deal remembers which of these there
are, and the lender is told, so that a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_noop as N_

from heliu.capital.lending.models import Loan, LoanStatus, ReplayCause
from heliu.capital.lending.operations import Replayed
from heliu.kernel.access.actor import Actor
from heliu.kernel.events.notices import tell
from heliu.trade import deals
from heliu.trade.models import Deal, Step
from heliu.trade.paperwork import number_of, pledge_of
from heliu.trade.repayment import earned_in_all
from heliu.trade.steps import is_done, remember

STANDS = {
    "counted-later": N_("It counts from a later day than its value day"),
    "released": N_("More goods were released than is earned now"),
    "default-noticed": N_("Notice of default was given after its value day"),
    "enforced": N_("The loan was enforced after its value day"),
    "overdue": N_("It was called overdue before the day on which it falls due now"),
    "runs-again": N_("The loan was repaid and runs on"),
}


def remember_reckoned(
    deal: Deal, loan: Loan, done: Replayed, *, was_repaid: bool, actor: Actor, at: datetime
) -> None:
    """Remember a replay with what stands, and tell the lender when something does."""
    replay, stands = done.replay, list(_stands(deal, loan, done, was_repaid=was_repaid))
    remember(
        deal,
        Step.RECKONED_ANEW,
        key=str(replay.number),
        actor=actor,
        at=at,
        cause=replay.cause,
        payment=replay.key,
        value_day=replay.value_day,
        counts_from=replay.counts_from,
        entries=replay.entries,
        stands=stands,
    )
    if stands:
        tell(
            loan.lender,
            "reckoned-anew",
            {"number": number_of(deal), "day": replay.counts_from.isoformat()},
            link=deals.link(deal),
            at=at,
        )


def _stands(deal: Deal, loan: Loan, done: Replayed, *, was_repaid: bool) -> Iterator[str]:
    replay, pledge = done.replay, pledge_of(deal)
    if replay.counts_from > replay.value_day:
        yield "counted-later"
    # for an order; against stock the floor decides, on the day goods are asked for
    is_by_order = not loan.rests_on_stock
    if pledge and is_by_order and pledge.released_value > earned_in_all(loan, pledge):
        yield "released"
    noticed = loan.default_noticed_on
    if noticed and replay.value_day <= noticed:
        yield "default-noticed"
        if is_done(deal, Step.ENFORCED):
            yield "enforced"
    if replay.cause == ReplayCause.PAID_OUT and loan.status == LoanStatus.OVERDUE:
        yield "overdue"
    if was_repaid and loan.status == LoanStatus.SELLER_PAID:
        yield "runs-again"
