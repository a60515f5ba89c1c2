"""Taking a loan back: nobody is left with money that is not theirs.

How far the money had come decides what moves: nothing yet, the deposit, the loan in the supervised
account, or the seller's money. The bank is told by the caller; each answer is booked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from heliu.capital.books.journals import loans as templates
from heliu.capital.lending.events import LoanCancelled
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.lending.operations.bearing import credit_margin
from heliu.capital.lending.operations.common import SYSTEM, lock, post, save, step, tell
from heliu.capital.lending.queries import owed, parties_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.posting import operations as posting


@dataclass(frozen=True)
class Unwinding:
    """What the bank is to move, in fen, in this order.

    `from_seller`: the seller to the lender (then `seller_refunded`). `loan_back`: supervised
    account to the lender (then `loan_returned`). `deposit_back`: the borrower's own share back to
    it (then `deposit_returned`), from the supervised account if `from_supervised`; after a refund
    by the seller its amount is known only then (`loan.deposit_back`).
    """

    from_seller: int = 0
    loan_back: int = 0
    deposit_back: int = 0
    from_supervised: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing has to move."""
        return not (self.from_seller or self.loan_back or self.deposit_back)


def unwind(loan: Loan, *, reason: str, at: datetime, actor: Actor = SYSTEM) -> Unwinding:
    """Take the loan back; what has not moved ends at once (CANCELLED).

    Refused while the loan or the seller is being paid, after the first repayment, and when the
    loan has ended. The caller sees to it that no other payment of the deal is with the bank, and
    to goods that left the seller: the refund is of the whole price.
    """
    lock(loan)
    if loan.status in (LoanStatus.UNWINDING, LoanStatus.CANCELLED):
        return plan(loan)
    if loan.principal_repaid > loan.set_off:
        raise Refused(
            "partly-repaid",
            "%(number)s is partly repaid and cannot be taken back.",
            help="Repay the rest and pick up the goods.",
            number=loan.number,
        )
    if loan.limit_hold is not None and loan.disbursed_at is None and not loan.is_promised:
        posting.post(void=loan.limit_holds, at=at)
        save(loan, limit_hold=None)
    if loan.deposit_booked_at is None:
        step(loan, LoanStatus.CANCELLED, ended_at=at, stop_reason=reason[:300])
        _tell_cancelled(loan, actor, at)
        return Unwinding()
    if loan.is_promised:
        _cancel_bill(loan, at=at)
    is_with_seller = loan.seller_paid_at is not None and loan.loan_returned_at is None
    if not is_with_seller:
        credit_margin(loan, at=at)
    step(
        loan,
        LoanStatus.UNWINDING,
        stop_reason=reason[:300],
        # A margin may have grown since it was the deposit; a down payment is none.
        deposit_back=0 if is_with_seller else loan.margin or loan.deposit,
        margin=loan.margin if is_with_seller else 0,
    )
    if is_with_seller:
        entries = templates.refund_agreed(parties_of(loan), loan.order_total)
        post(loan, "refund_agreed", entries, effective=day_of(at), at=at)
    end_if_done(loan, actor=actor, at=at)
    return plan(loan)


def plan(loan: Loan) -> Unwinding:
    """What still has to move of a loan being taken back."""
    if loan.status != LoanStatus.UNWINDING:
        return Unwinding()
    is_back = loan.seller_refunded_at or loan.loan_returned_at
    if loan.seller_paid_at is not None and not is_back:
        return Unwinding(from_seller=loan.order_total)
    is_with_us = loan.seller_paid_at is None
    is_lent = loan.disbursed_at is not None and loan.loan_returned_at is None
    return Unwinding(
        loan_back=loan.principal if is_with_us and is_lent else 0,
        deposit_back=loan.deposit_back,
        from_supervised=is_with_us and loan.own_share_moved_at is not None,
    )


def _cancel_bill(loan: Loan, *, at: datetime) -> None:
    """The bill falls with the order: nobody owes for it any more."""
    entries = templates.bill_cancelled(parties_of(loan), loan.principal, drawn=loan.drawn)
    post(loan, "bill_cancelled", entries, effective=day_of(at), at=at)
    save(loan, loan_returned_at=at)


def loan_returned(loan: Loan, *, at: datetime, actor: Actor = SYSTEM) -> Loan:
    """The loan went back from the supervised account.

    It bears no interest: none is accrued before the seller has the money.
    """
    lock(loan)
    if loan.loan_returned_at is not None:
        return loan
    entries = templates.loan_cancelled(parties_of(loan), loan.principal, drawn=loan.drawn)
    post(loan, "loan_cancelled", entries, effective=day_of(at), at=at)
    save(loan, loan_returned_at=at)
    end_if_done(loan, actor=actor, at=at)
    return loan


def deposit_returned(
    loan: Loan, *, amount: int, key: str, at: datetime, actor: Actor = SYSTEM
) -> Loan:
    """The borrower has `amount` of its own share back, once per `key`: a refund may leave some."""
    lock(loan)
    if not loan.deposit_back:
        return loan
    entries = templates.deposit_returned(
        parties_of(loan), amount, from_supervised=plan(loan).from_supervised
    )
    post(loan, "deposit_returned", entries, effective=day_of(at), at=at, key=key)
    save(loan, deposit_back=loan.deposit_back - amount)
    end_if_done(loan, actor=actor, at=at)
    return loan


def end_if_done(loan: Loan, *, actor: Actor, at: datetime) -> None:
    """Cancel a loan being taken back once nothing has to move and nothing is owed."""
    if loan.status != LoanStatus.UNWINDING or not plan(loan).is_over:
        return
    if loan.loan_returned_at is not None or not owed(loan, day_of(at)).total:
        step(loan, LoanStatus.CANCELLED, ended_at=at)
        _tell_cancelled(loan, actor, at)


def _tell_cancelled(loan: Loan, actor: Actor, at: datetime) -> None:
    fact = LoanCancelled(subject=loan.id, number=loan.number, reason=loan.stop_reason)
    tell(loan, fact, actor=actor, at=at, also=[loan.seller])
