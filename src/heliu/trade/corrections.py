"""A payment on a loan proves to be another than was thought: its value day, or that it was one.

    correct_value_day  the bank says that the money counts from another day
    take_back          it should not have paid this loan: it pays nothing, and goes back
    correct_pay_out    the loan itself was paid out on another day: interest and term run from there

Somebody at the lender says so, with a reason; where the house's rules want it for such an amount,
another person agrees before (`proposals`). The loan is reckoned anew (`lending`), what stands is
told (`reckoned`), and the deal goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeIs
from uuid import UUID

from heliu.capital.lending import operations as lending
from heliu.capital.lending import queries
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.lending.operations import Replayed
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act
from heliu.kernel.errors import NotFound
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.money import Money
from heliu.trade import deals
from heliu.trade.financed_order.instructing import return_more
from heliu.trade.financed_order.repaying import go_on_after
from heliu.trade.models import Deal, Proposed
from heliu.trade.paperwork import loan_of, number_of
from heliu.trade.proposals import at_once_or_asked
from heliu.trade.reckoned import remember_reckoned
from heliu.trade.steps import locked, parties
from heliu.trade.wake import wake

CORRECT = Act("correction", agreed_by=("override", "decide"))
"""By a house's own rules, by the amount of the payment."""


def correct_value_day(
    deal_id: UUID, *, key: str, value_day: date, reason: str, actor: Actor, at: datetime
) -> Loan | Approval:
    """A payment counts from another day than was thought; raises as `lending` does. Returns the
    question where others must agree first."""
    said = {"deal": str(deal_id), "key": key, "value_day": value_day.isoformat(), "reason": reason}
    return _at_once_or_asked(Proposed.VALUE_DAY, said, counts_from, actor=actor, at=at)


def take_back(
    deal_id: UUID, *, key: str, reason: str, actor: Actor, at: datetime
) -> Loan | Approval:
    """A payment pays nothing any more and goes back to the dealer; raises as `lending` does.
    Returns the question where others must agree first."""
    said = {"deal": str(deal_id), "key": key, "reason": reason}
    return _at_once_or_asked(Proposed.TAKE_BACK, said, goes_back, actor=actor, at=at)


def correct_pay_out(
    deal_id: UUID, *, value_day: date, reason: str, actor: Actor, at: datetime
) -> Loan | Approval:
    """The loan was paid out on another day than the bank had said first; raises as `lending` does.
    Returns the question where others must agree first."""
    actor.require("override")
    deal = deals.of_lender(actor, deal_id)
    loan = loan_of(deal)
    said = {"deal": str(deal.pk), "value_day": value_day.isoformat(), "reason": reason}
    return at_once_or_asked(
        CORRECT,
        Proposed.PAID_OUT,
        said,
        lambda: paid_out_on(said, actor, at),
        subject=loan.pk,
        name=number_of(deal),
        org=loan.lender,
        amount=loan.principal,
        reason=reason,
        actor=actor,
        at=at,
    )


def is_asked(done: Loan | Approval) -> TypeIs[Approval]:
    """Whether the others at the house are asked first."""
    return isinstance(done, Approval)


def counts_from(said: Mapping[str, Any], actor: Actor, at: datetime) -> Loan:
    """All who must have agreed: the payment counts from the other day."""

    def do(loan: Loan) -> Replayed | None:
        return lending.correct_value_day(
            loan,
            key=said["key"],
            value_day=date.fromisoformat(said["value_day"]),
            reason=said["reason"],
            actor=actor,
            at=at,
        )

    return _reckon(UUID(said["deal"]), do, "value-day-corrected", actor=actor, at=at)


def goes_back(said: Mapping[str, Any], actor: Actor, at: datetime) -> Loan:
    """All who must have agreed: the payment pays nothing."""

    def do(loan: Loan) -> Replayed | None:
        return lending.take_back(loan, key=said["key"], reason=said["reason"], actor=actor, at=at)

    return _reckon(UUID(said["deal"]), do, "payment-taken-back", actor=actor, at=at)


def paid_out_on(said: Mapping[str, Any], actor: Actor, at: datetime) -> Loan:
    """All who must have agreed: the loan counts from the other day."""

    def do(loan: Loan) -> Replayed | None:
        day = date.fromisoformat(said["value_day"])
        return lending.correct_pay_out(
            loan, value_day=day, reason=said["reason"], actor=actor, at=at
        )

    return _reckon(UUID(said["deal"]), do, "pay-out-corrected", actor=actor, at=at)


def _at_once_or_asked(
    what: str,
    said: Mapping[str, Any],
    hand: Callable[[Mapping[str, Any], Actor, datetime], Loan],
    *,
    actor: Actor,
    at: datetime,
) -> Loan | Approval:
    actor.require("override")
    deal = deals.of_lender(actor, UUID(said["deal"]))
    paid = queries.repayment(actor, deal.pk, said["key"])
    if paid is None:
        raise NotFound()
    return at_once_or_asked(
        CORRECT,
        what,
        said,
        lambda: hand(said, actor, at),
        subject=paid.pk,
        name=number_of(deal),
        org=loan_of(deal).lender,
        amount=paid.amount,
        reason=said["reason"],
        actor=actor,
        at=at,
    )


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
        "amount": Money(done.payment.amount if done.payment else loan_of(deal).principal),
        "number": number_of(deal),
        "day": done.replay.counts_from.isoformat(),
    }
    tell(deal.buyer, kind, said, link=deals.link(deal), at=at)
