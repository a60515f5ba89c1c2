"""From the deposit to the seller's money: what the bank answered, step by step."""

from __future__ import annotations

from datetime import date, datetime

from heliu.capital.books import operations as books
from heliu.capital.books.journals import loans as templates
from heliu.capital.lending.events import (
    BankRejected,
    BillAccepted,
    BillPaid,
    DepositBooked,
    LoanDisbursed,
    SellerPaid,
)
from heliu.capital.lending.models import LOAN_MOVES, Loan, LoanStatus
from heliu.capital.lending.operations.common import SYSTEM, lock, post, save, step, tell
from heliu.capital.lending.policies.offering import due_day, margin_of
from heliu.capital.lending.queries import parties_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting import queries as posted

# The payment that was refused, by the bank's purpose, and the limit freed with it.
FREES_LIMIT = frozenset({"DEPOSIT", "DISBURSEMENT", "PAY_OUT"})
STOPS_LOAN = frozenset({"DEPOSIT", "DISBURSEMENT", "OWN_SHARE", "SELLER_PAYMENT", "PAY_OUT"})


def deposit_booked(
    loan: Loan,
    *,
    amount: int,
    at: datetime,
    key: str = "",
    effective: date | None = None,
    actor: Actor = SYSTEM,
) -> Loan:
    """The borrower's own share arrived, or its margin, with the fee for a bill; what is more waits
    unapplied.

    Where the borrower pays in itself what is less waits unapplied too, for the rest: each transfer
    once, by its `key`, of the day `effective`. Where the bank takes the exact amount a part is a
    mistake and is refused.
    """
    lock(loan)
    if loan.deposit_booked_at is not None:
        return loan
    waiting, due = loan.unapplied, loan.due_now
    day = _open_day(loan, effective or day_of(at), at)
    if waiting + amount < due:
        if loan.deposit_until is None:
            raise Refused(
                "deposit-short",
                "The deposit is %(missing)s short.",
                field="amount",
                help="Pay the whole deposit.",
                missing=due - amount,
            )
        return _keep_unapplied(loan, amount, key=key, effective=day, at=at)
    fee, over = due - loan.deposit, waiting + amount - due
    step(
        loan,
        LoanStatus.FUNDED_SHARE,
        deposit_booked_at=at,
        unapplied=over,
        margin=margin_of(loan.deposit_mode, loan.deposit),
        margin_since=day if margin_of(loan.deposit_mode, loan.deposit) else None,
        fee_paid=fee,
    )
    entries = templates.deposit_collected(
        parties_of(loan), loan.deposit, fee=fee, unapplied=over - waiting
    )
    post(loan, "deposit_collected", entries, effective=day, at=at)
    fact = DepositBooked(subject=loan.id, number=loan.number, amount=waiting + amount)
    tell(loan, fact, actor=actor, at=at)
    return loan


def deposit_withdrawn(loan: Loan, *, amount: int, key: str, at: datetime) -> Loan:
    """A part of the deposit that waits for the rest did not come after all: the bank told it by
    mistake. Its journal is reversed, on its own day where that is open."""
    lock(loan)
    (was,) = (
        one
        for one in posted.standing(loan.id, ("unapplied_received",), after=date.min)
        if one.key.endswith(f":{key}")
    )
    books.post_all([], reversing=[was], subject=loan.id, at=at)
    save(loan, unapplied=loan.unapplied - amount)
    return loan


def came_unasked(loan: Loan, *, amount: int, key: str, effective: date, at: datetime) -> Loan:
    """Money that names the loan and that nothing of it waits for; it is the borrower's, and is to
    go back. Once for each transfer, by its `key`."""
    lock(loan)
    return _keep_unapplied(loan, amount, key=key, effective=_open_day(loan, effective, at), at=at)


def _keep_unapplied(loan: Loan, amount: int, *, key: str, effective: date, at: datetime) -> Loan:
    save(loan, unapplied=loan.unapplied + amount)
    entries = templates.unapplied_received(parties_of(loan), amount)
    post(loan, "unapplied_received", entries, effective=effective, at=at, key=key)
    return loan


def _open_day(loan: Loan, day: date, at: datetime) -> date:
    """The day a transfer counts from; today, when its month is closed already."""
    closed = posted.closed_to([loan.lender, loan.borrower])
    return day_of(at) if closed is not None and day <= closed else day


def disbursing(loan: Loan, *, at: datetime, actor: Actor = SYSTEM) -> Loan:
    """The bank was told to pay the loan out."""
    lock(loan)
    if loan.status in (LoanStatus.FUNDED_SHARE, LoanStatus.AWAIT_GOODS):
        step(loan, LoanStatus.DISBURSING)
    return loan


def paid_out(loan: Loan, *, effective: date, at: datetime, actor: Actor = SYSTEM) -> Loan:
    """The borrower has the money it was lent against its stock: the held limit is used, interest
    and term run from `effective`, the day the bank booked it."""
    lock(loan)
    if loan.disbursed_at is not None:
        return loan
    due_on = due_day(loan.instrument, effective, loan.days)
    step(
        loan,
        LoanStatus.SELLER_PAID,
        disbursed_at=at,
        disbursed_on=effective,
        due_on=due_on,
        accrued_to=effective,
    )
    entries = templates.paid_out(
        parties_of(loan), loan.principal, draws=loan.draws, limit_hold=loan.limit_hold
    )
    post(loan, "paid_out", entries, effective=effective, at=at)
    fact = LoanDisbursed(
        subject=loan.id, number=loan.number, principal=loan.principal, due_on=due_on
    )
    tell(loan, fact, actor=actor, at=at)
    return loan


def disbursed(loan: Loan, *, effective: date, at: datetime, actor: Actor = SYSTEM) -> Loan:
    """The loan is in the supervised account: the held limit is used.

    Interest and term run from `effective`, the day the bank booked it, however late we heard of it.
    What the bank did is booked even when the own share was rejected meanwhile; `unwind` then takes
    it back.
    """
    lock(loan)
    if loan.disbursed_at is not None:
        return loan
    due_on = due_day(loan.instrument, effective, loan.days)
    dates = {
        "disbursed_at": at,
        "disbursed_on": effective,
        "due_on": due_on,
        "accrued_to": effective,
    }
    if loan.status == LoanStatus.DISBURSING:
        step(loan, LoanStatus.DISBURSED, **dates)
    else:
        save(loan, **dates)
    entries = templates.disbursed(
        parties_of(loan), loan.principal, draws=loan.draws, limit_hold=loan.limit_hold
    )
    post(loan, "disbursed", entries, effective=effective, at=at)
    fact = LoanDisbursed(
        subject=loan.id, number=loan.number, principal=loan.principal, due_on=due_on
    )
    tell(loan, fact, actor=actor, at=at)
    return loan


def bill_accepted(loan: Loan, *, effective: date, at: datetime, actor: Actor = SYSTEM) -> Loan:
    """The lender accepted a bill of the whole order for the seller: the held limit is used.

    It is payable to the seller alone, so it falls with the order as long as nothing is shipped.
    """
    lock(loan)
    if loan.accepted_on is not None:
        return loan
    due_on = due_day(loan.instrument, effective, loan.days)
    step(loan, LoanStatus.SELLER_PAID, accepted_on=effective, due_on=due_on, seller_paid_at=at)
    entries = templates.bill_accepted(
        parties_of(loan), loan.principal, draws=loan.draws, limit_hold=loan.limit_hold
    )
    post(loan, "bill_accepted", entries, effective=effective, at=at)
    fact = BillAccepted(
        subject=loan.id,
        number=loan.number,
        bill=loan.bill,
        amount=loan.principal,
        exposure=loan.exposure,
        due_on=due_on,
    )
    tell(loan, fact, actor=actor, at=at, also=[loan.seller])
    return loan


def bill_paid(loan: Loan, *, effective: date, at: datetime, actor: Actor = SYSTEM) -> Loan:
    """The holder of the bill has its money. From now on all of it is lent and due; the margin is to
    be set off at once."""
    lock(loan)
    if loan.disbursed_on is not None:
        return loan
    save(loan, disbursed_on=effective, disbursed_at=at, accrued_to=effective)
    entries = templates.bill_paid(parties_of(loan), loan.principal)
    post(loan, "bill_paid", entries, effective=effective, at=at)
    fact = BillPaid(subject=loan.id, number=loan.number, bill=loan.bill, amount=loan.principal)
    tell(loan, fact, actor=actor, at=at, also=[loan.seller])
    return loan


def own_share_moved(loan: Loan, *, at: datetime, actor: Actor = SYSTEM) -> Loan:
    """The deposit lies in the supervised account, beside the loan or before it comes."""
    lock(loan)
    if loan.own_share_moved_at is not None:
        return loan
    save(loan, own_share_moved_at=at)
    entries = templates.own_share_moved(parties_of(loan), loan.deposit)
    post(loan, "own_share_moved", entries, effective=day_of(at), at=at)
    return loan


def paying_seller(loan: Loan, *, at: datetime, actor: Actor = SYSTEM) -> Loan:
    """The bank was told to pay the seller; the loan must lie ready, and the own share if any."""
    lock(loan)
    if loan.status != LoanStatus.DISBURSED:
        return loan
    if loan.own_share and loan.own_share_moved_at is None:
        raise Refused("own-share-missing", "The own share is not in the supervised account yet.")
    step(loan, LoanStatus.PAYING_SELLER)
    return loan


def seller_paid(loan: Loan, *, at: datetime, actor: Actor = SYSTEM) -> Loan:
    """The seller has the whole price of the order."""
    lock(loan)
    if loan.seller_paid_at is not None:
        return loan
    step(loan, LoanStatus.SELLER_PAID, seller_paid_at=at)
    entries = templates.seller_paid(parties_of(loan), loan.order_total)
    post(loan, "seller_paid", entries, effective=day_of(at), at=at)
    fact = SellerPaid(subject=loan.id, number=loan.number, amount=loan.order_total)
    tell(loan, fact, actor=actor, at=at, also=[loan.seller])
    return loan


def bank_rejected(
    loan: Loan, *, stage: str, reason: str, at: datetime, actor: Actor = SYSTEM
) -> Loan:
    """The bank refused a payment; `stage` is its purpose. `unwind` takes back what has moved.

    A refused deposit or disbursement frees the held limit. A refused repayment, and a second
    refusal beside the first, change nothing on the loan and are only recorded.
    """
    lock(loan)
    if loan.stopped_stage == stage:
        return loan
    if stage in STOPS_LOAN and LoanStatus.BANK_REJECTED in LOAN_MOVES[loan.status]:
        step(loan, LoanStatus.BANK_REJECTED, stopped_stage=stage, stop_reason=reason[:300])
    if stage in FREES_LIMIT and loan.limit_hold is not None:
        posting.post(void=loan.limit_holds, at=at)
        save(loan, limit_hold=None)
    fact = BankRejected(subject=loan.id, number=loan.number, stage=stage, reason=reason)
    tell(loan, fact, actor=actor, at=at)
    return loan
