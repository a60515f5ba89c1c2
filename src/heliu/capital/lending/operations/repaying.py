"""While the loan runs: money that comes, and the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from heliu.capital.books import operations as books
from heliu.capital.books.journals import loans as templates
from heliu.capital.books.journals.loans import Allocation
from heliu.capital.lending.events import (
    LoanClosed,
    LoanRecovered,
    LoanRepaid,
    MarginSetOff,
    PledgedGoodsSold,
)
from heliu.capital.lending.models import (
    RUNNING,
    Loan,
    LoanStatus,
    PaidBy,
    Repayment,
    ReplayCause,
)
from heliu.capital.lending.operations.bearing import credit_margin
from heliu.capital.lending.operations.closing import reckon
from heliu.capital.lending.operations.common import SYSTEM, lock, post, save, step, tell
from heliu.capital.lending.operations.replaying import Replayed, Why, fixed, is_late, play
from heliu.capital.lending.operations.unwinding import end_if_done
from heliu.capital.lending.policies import allocating, debt
from heliu.capital.lending.policies.allocating import NO_COSTS, SaleCosts
from heliu.capital.lending.policies.debt import Owed
from heliu.capital.lending.queries import parties_of, repaid_principal
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.facts import Fact

SUMS = [
    "accrued_to",
    "interest_accrued",
    "principal_repaid",
    "interest_paid",
    "penalty_paid",
    "fee_paid",
    "unapplied",
    "deposit_back",
    "margin",
    "topped_up",
    "set_off",
]
TAKES_MONEY = frozenset({*RUNNING, LoanStatus.REPAID, LoanStatus.UNWINDING})


@dataclass(frozen=True)
class Sale:
    """Goods of a loan that were sold: what they were worth and what selling them cost, in fen.

    `buyer` is the organisation that bought them, None somebody without a book here.
    """

    value: int
    costs: SaleCosts
    buyer: UUID | None = None


@dataclass(frozen=True)
class Repaid:
    """What a payment did. `principal_repaid` is the sum so far; `closed`: nothing is owed now.

    `replayed` is what it changed of later payments, where it was known late.
    """

    allocation: Allocation
    principal_repaid: int
    closed: bool
    unapplied: int
    is_repeat: bool = False
    replayed: Replayed | None = None


def repaid(
    loan: Loan,
    *,
    amount: int,
    key: str,
    effective: date,
    at: datetime,
    actor: Actor = SYSTEM,
) -> Repaid:
    """The borrower paid `amount` fen, of value on `effective`; it pays what is owed by the order.

    `key` is the payment's own (the bank's instruction): a second call returns the first answer.
    Of a value day before what is posted already, it is played in its place (`replaying`).
    What is more than all that is owed stays unapplied. The last payment makes the loan REPAID.
    """
    return _receive(
        loan, PaidBy.BORROWER, amount=amount, key=key, effective=effective, actor=actor, at=at
    )


def seller_refunded(
    loan: Loan,
    *,
    amount: int,
    key: str,
    effective: date,
    at: datetime,
    actor: Actor = SYSTEM,
) -> Repaid:
    """The seller paid money back for goods not delivered: it settles the loan like a repayment.

    What is left over is the borrower's own share; `deposit_returned` books its way back.
    """
    return _receive(
        loan, PaidBy.SELLER, amount=amount, key=key, effective=effective, actor=actor, at=at
    )


def goods_sold(
    loan: Loan, sale: Sale, *, price: int, key: str, effective: date, at: datetime
) -> Repaid:
    """Goods of an enforced loan brought `price` fen: it pays the costs of the sale, then the loan
    like a repayment. What is more than all that is owed stays unapplied: it is the borrower's."""
    return _receive(
        loan, PaidBy.SALE, sale, amount=price, key=key, effective=effective, actor=SYSTEM, at=at
    )


def recovered(
    loan: Loan,
    *,
    amount: int,
    key: str,
    effective: date,
    at: datetime,
    paid_by: PaidBy = PaidBy.BORROWER,
) -> Repaid:
    """The borrower paid on a loan that was written off, or the seller by its duty: income of the
    lender, and a smaller claim.

    What a borrower pays more than the claim stays unapplied. `key` is the payment's own.
    """
    lock(loan)
    known = Repayment.objects.filter(loan=loan, key=key).first()
    if known is not None:
        return _answer(loan, known, is_repeat=True)
    taken = min(amount, loan.claim_left)
    payment = Repayment.objects.create(
        loan=loan, borrower=loan.borrower, lender=loan.lender, key=key, amount=amount,
        effective=effective, fee=0, penalty=0, interest=0, principal=0, recovered=taken,
        unapplied=amount - taken, paid_by=paid_by, at=at,
    )  # fmt: skip
    save(loan, recovered=loan.recovered + taken, unapplied=loan.unapplied + payment.unapplied)
    if paid_by == PaidBy.SELLER:
        assert not payment.unapplied  # it was asked for what is left, while nobody else was paying
        kind, entries = "recovered_by_duty", templates.recovered_by_duty(parties_of(loan), taken)
    else:
        kind = "recovered"
        entries = templates.recovered(parties_of(loan), taken, unapplied=payment.unapplied)
    post(loan, kind, entries, key=key, effective=effective, at=at)
    fact = LoanRecovered(
        subject=loan.id, number=loan.number, amount=taken, claim_left=loan.claim_left
    )
    tell(loan, fact, actor=SYSTEM, at=at)
    return _answer(loan, payment)


def set_off_margin(
    loan: Loan, *, key: str, effective: date, at: datetime, actor: Actor = SYSTEM
) -> Repaid | None:
    """The margin the lender keeps pays what is owed, as far as it reaches; what is left of it when
    nothing is owed any more is to go back. None without a margin, or when nothing is owed."""
    lock(loan)
    earlier = repaid_principal(loan)
    day = allocating.value_day(loan, earlier, effective)
    owing = debt.owed(loan, earlier, day).total
    if not loan.margin or not owing:
        return None
    credit_margin(loan, at=at)
    amount = min(loan.margin, owing)
    return _receive(loan, PaidBy.MARGIN, amount=amount, key=key, effective=day, actor=actor, at=at)


def unapplied_returned(loan: Loan, *, amount: int, key: str, at: datetime) -> Loan:
    """The borrower has back `amount` of what it paid too much; more may be on its way yet."""
    lock(loan)
    if not loan.unapplied:
        return loan
    entries = templates.unapplied_returned(parties_of(loan), amount)
    post(loan, "unapplied_returned", entries, key=key, effective=day_of(at), at=at)
    save(loan, unapplied=loan.unapplied - amount)
    return loan


def close(
    loan: Loan,
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    also: Iterable[UUID | None] = (),
) -> Loan:
    """The loan is repaid and its goods are free; `also` are others who hear of it (the keeper)."""
    lock(loan)
    if loan.status == LoanStatus.CLOSED:
        return loan
    step(loan, LoanStatus.CLOSED, ended_at=at)
    paid = loan.principal_repaid + loan.interest_paid + loan.penalty_paid + loan.fee_paid
    fact = LoanClosed(subject=loan.id, number=loan.number, paid_in_all=paid)
    tell(loan, fact, actor=actor, at=at, also=[loan.seller, *also])
    return loan


def _receive(
    loan: Loan,
    paid_by: PaidBy,
    sale: Sale | None = None,
    *,
    amount: int,
    key: str,
    effective: date,
    actor: Actor,
    at: datetime,
) -> Repaid:
    lock(loan)
    known = Repayment.objects.filter(loan=loan, key=key).first()
    if known is not None:
        return _answer(loan, known, is_repeat=True)
    _check(loan, amount)
    earlier = repaid_principal(loan)
    if paid_by == PaidBy.BORROWER and is_late(loan, earlier, effective):
        return _receive_late(loan, amount, key, Why(ReplayCause.LATE, effective, actor, at))
    costs = sale.costs if sale else NO_COSTS
    paid = allocating.pay(loan, earlier, amount, effective, costs=costs)
    day, allocation = paid.on, paid.allocation
    payment = Repayment.objects.create(
        loan=loan,
        borrower=loan.borrower,
        lender=loan.lender,
        key=key,
        paid_by=paid_by,
        amount=amount,
        effective=day,
        costs=allocation.costs,
        fee=allocation.fee,
        penalty=allocation.penalty,
        interest=allocation.interest,
        principal=allocation.principal,
        margin=allocation.margin,
        unapplied=allocation.unapplied,
        at=at,
    )
    now = [*earlier, (day, allocation.principal)]
    drawn = loan.drawn
    _count(loan, payment, allocation)
    interest = reckon(loan, now, until=max(day, loan.accrued_to or day))
    loan.save(update_fields=SUMS)
    books.post_all(interest, at=at)
    _book(loan, payment, allocation, sale, frees=drawn - loan.drawn, at=at)
    end(loan, paid_by, debt.owed(loan, now, day), actor, at)
    tell(loan, _fact(loan, payment, sale), actor=actor, at=at)
    return _answer(loan, payment)


def _receive_late(loan: Loan, amount: int, key: str, why: Why) -> Repaid:
    """The borrower's payment comes before what is posted already."""
    payment = Repayment(
        loan=loan, borrower=loan.borrower, lender=loan.lender, key=key, amount=amount,
        effective=why.told, fee=0, penalty=0, interest=0, principal=0, unapplied=0, at=why.at,
    )  # fmt: skip
    limits = fixed(loan)
    done = play(loan, payment, limits.counts_from(loan, why.told), limits, why, kept=0)
    assert done.owing is not None  # there is this payment
    end(loan, PaidBy.BORROWER, done.owing, why.actor, why.at)
    tell(loan, _fact(loan, payment, None), actor=why.actor, at=why.at)
    return replace(_answer(loan, payment), replayed=done)


def _count(loan: Loan, payment: Repayment, allocation: Allocation) -> None:
    """The sums on the loan follow the payment."""
    loan.count_paid(allocation)
    match payment.paid_by:
        case PaidBy.SELLER:
            loan.deposit_back += payment.unapplied
        case PaidBy.MARGIN:
            loan.margin -= payment.amount
            loan.set_off += payment.principal
        case _:
            loan.unapplied += payment.unapplied


def _fact(loan: Loan, payment: Repayment, sale: Sale | None) -> Fact:
    paid: dict[str, Any] = {
        "subject": loan.id,
        "number": loan.number,
        "amount": payment.amount,
        "fee": payment.fee,
        "penalty": payment.penalty,
        "interest": payment.interest,
        "principal": payment.principal,
        "margin": payment.margin,
        "unapplied": payment.unapplied,
        "principal_left": loan.to_repay,
    }
    if sale is not None:
        return PledgedGoodsSold(**paid, value=sale.value, costs=payment.costs)
    kind = MarginSetOff if payment.paid_by == PaidBy.MARGIN else LoanRepaid
    return kind(**paid)


def _check(loan: Loan, amount: int) -> None:
    if amount <= 0:
        raise Invalid(
            "amount-not-positive", "A payment needs an amount above zero.", field="amount"
        )
    if loan.status not in TAKES_MONEY:
        raise Refused(
            "loan-not-running",
            "Nothing can be repaid on %(number)s: it is %(now)s.",
            number=loan.number,
            now=loan.get_status_display(),
        )


def _book(
    loan: Loan,
    payment: Repayment,
    allocation: Allocation,
    sale: Sale | None,
    *,
    frees: int,
    at: datetime,
) -> None:
    parties, over = parties_of(loan), allocation.unapplied
    match payment.paid_by:
        case PaidBy.SALE:
            assert sale is not None
            kind = "goods_sold"
            entries = templates.goods_sold(
                parties, allocation, value=sale.value, buyer=sale.buyer, frees=frees
            )
        case PaidBy.BORROWER:
            kind, entries = "repaid", templates.repaid(parties, allocation, frees=frees)
        case PaidBy.SELLER:
            kind, settled = "refunded_by_seller", replace(allocation, unapplied=0)
            entries = templates.refunded_by_seller(parties, settled, deposit=over, frees=frees)
        case _:
            kind = "margin_set_off"
            entries = templates.margin_set_off(parties, allocation, frees=frees)
    post(loan, kind, entries, key=payment.key, effective=payment.effective, at=at)


def end(loan: Loan, paid_by: PaidBy, owing: Owed, actor: Actor, at: datetime) -> None:
    """The loan is repaid when nothing is owed, and its margin is the borrower's again; it runs on
    when a replay finds that something is. Of one being taken back the margin pays what the seller's
    refund did not reach for, and it may be over. Of a bill that is not paid yet nothing ends,
    however full its margin."""
    if loan.is_promised:
        return
    if loan.status in RUNNING and not owing.total:
        step(loan, LoanStatus.REPAID, repaid_at=at)
    if loan.status == LoanStatus.REPAID and owing.total:
        step(loan, LoanStatus.SELLER_PAID, repaid_at=None)
    if loan.margin and not owing.total:
        credit_margin(loan, at=at)
        save(loan, deposit_back=loan.deposit_back + loan.margin, margin=0)
    if loan.status == LoanStatus.UNWINDING:
        if paid_by == PaidBy.SELLER and not loan.seller_refunded_at:
            save(loan, seller_refunded_at=at)
            set_off_margin(loan, key="refund", effective=day_of(at), actor=actor, at=at)
        end_if_done(loan, actor=actor, at=at)


def _answer(loan: Loan, payment: Repayment, *, is_repeat: bool = False) -> Repaid:
    allocation = Allocation(
        costs=payment.costs,
        fee=payment.fee,
        penalty=payment.penalty,
        interest=payment.interest,
        principal=payment.principal,
        margin=payment.margin,
        unapplied=payment.unapplied,
    )
    return Repaid(
        allocation=allocation,
        principal_repaid=loan.principal_repaid,
        closed=loan.status in (LoanStatus.REPAID, LoanStatus.CLOSED),
        unapplied=payment.unapplied,
        is_repeat=is_repeat,
    )
