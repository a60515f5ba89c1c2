"""A payment on a loan proves to be another than was thought: its value day, or that it was one.

    correct_value_day  the bank says that the money counts from another day
    take_back          it should not have paid this loan: it pays nothing, and goes back

Somebody at the lender says so, with a reason. The loan is reckoned anew (`lending`), what stands is
told (`reckoned`), and the deal goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.lending.operations import Replayed
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.money import Money
from heliu.trade import deals
from heliu.trade.financed_order import go_on_after, return_more
from heliu.trade.models import Deal
from heliu.trade.paperwork import loan_of, number_of
from heliu.trade.reckoned import remember_reckoned
from heliu.trade.steps import locked, parties
from heliu.trade.wake import wake


def correct_value_day(
    deal_id: UUID, *, key: str, value_day: date, reason: str, actor: Actor, at: datetime
) -> Loan:
    """A payment counts from another day than was thought; raises as `lending` does."""

    def do(loan: Loan) -> Replayed | None:
        return lending.correct_value_day(
            loan, key=key, value_day=value_day, reason=reason, actor=actor, at=at
        )

    return _reckon(deal_id, do, "value-day-corrected", actor=actor, at=at)


def take_back(deal_id: UUID, *, key: str, reason: str, actor: Actor, at: datetime) -> Loan:
    """A payment pays nothing any more and goes back to the dealer; raises as `lending` does."""

    def do(loan: Loan) -> Replayed | None:
        return lending.take_back(loan, key=key, reason=reason, actor=actor, at=at)

    return _reckon(deal_id, do, "payment-taken-back", actor=actor, at=at)


def _reckon(
    deal_id: UUID,
    do: Callable[[Loan], Replayed | None],
    kind: str,
    *,
    actor: Actor,
    at: datetime,
) -> Loan:
    deal = deals.of_lender(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan = loan_of(deal)
        was_repaid, returning = loan.status == LoanStatus.REPAID, loan.deposit_back
        done = do(loan)
        if done is None:  # it was said before
            return loan
        remember_reckoned(deal, loan, done, was_repaid=was_repaid, actor=actor, at=at)
        return_more(deal, done, at=at)
        _tell(deal, kind, done, at=at)
        go_on_after(deal, loan, returning=returning, key=f"replay-{done.replay.number}", at=at)
    wake(deal.id)
    return loan


def _tell(deal: Deal, kind: str, done: Replayed, *, at: datetime) -> None:
    said: dict[str, Parameter] = {
        "amount": Money(done.payment.amount),
        "number": number_of(deal),
        "day": done.payment.effective.isoformat(),
    }
    tell(deal.buyer, kind, said, link=deals.link(deal), at=at)
