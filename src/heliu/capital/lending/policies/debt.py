"""What is owed on a loan, and what its margin has borne."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from heliu.capital.interest import PenaltyTerms, accrued, cut, exact, late, segments_of, to_minor


class Borrowed(Protocol):
    """What must be known of a loan to say what is owed; `Loan` has it."""

    @property
    def principal(self) -> int: ...
    @property
    def rate(self) -> Decimal: ...
    @property
    def day_count(self) -> str: ...
    @property
    def disbursed_on(self) -> date | None: ...
    @property
    def due_on(self) -> date: ...
    @property
    def grace_days(self) -> int: ...
    @property
    def penalty_factor(self) -> Decimal: ...
    @property
    def is_principal_first(self) -> bool: ...
    @property
    def fee(self) -> int: ...
    @property
    def fee_paid(self) -> int: ...
    @property
    def interest_paid(self) -> int: ...
    @property
    def penalty_paid(self) -> int: ...
    @property
    def principal_repaid(self) -> int: ...
    @property
    def is_promised(self) -> bool: ...
    @property
    def to_repay(self) -> int: ...


@dataclass(frozen=True)
class Owed:
    """What is owed on a day, in fen, and the payment's parts that are still open."""

    principal: int
    interest: int
    penalty: int
    fee: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.principal + self.interest + self.penalty + self.fee


@dataclass(frozen=True)
class Charges:
    """Interest and penalty from the first day to a day, in fen, whatever was paid of them."""

    interest: int
    penalty: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.interest + self.penalty


def owed(loan: Borrowed, repaid: Sequence[tuple[date, int]], on: date) -> Owed:
    """What the borrower owes if it pays all of it on the day; of a bill that is not paid yet, what
    is missing in its margin."""
    if loan.is_promised:
        return Owed(loan.to_repay, 0, 0, loan.fee - loan.fee_paid)
    if loan.disbursed_on is None:
        return Owed(0, 0, 0, 0)
    so_far = charges(loan, repaid, on)
    return Owed(
        principal=loan.principal - loan.principal_repaid,
        interest=max(0, so_far.interest - loan.interest_paid),
        penalty=max(0, so_far.penalty - loan.penalty_paid),
        fee=loan.fee - loan.fee_paid,
    )


def owed_after_write_off(*, principal: int, interest: int, recovered: int) -> Owed:
    """What is owed of a claim that was written off; what came since paid its interest first."""
    on_interest = min(recovered, interest)
    return Owed(principal - (recovered - on_interest), interest - on_interest, 0, 0)


def charges(loan: Borrowed, repaid: Sequence[tuple[date, int]], on: date) -> Charges:
    """Interest and penalty to the day, from (value day, principal) of what was repaid.

    Worked out anew from the first day each time, so a payment booked late with an earlier value
    day corrects itself: what is to be posted is this less what was posted.
    """
    if loan.disbursed_on is None or on <= loan.disbursed_on:
        return Charges(0, 0)
    balances, left = {loan.disbursed_on: loan.principal}, loan.principal
    for day, amount in sorted(repaid):
        left -= amount
        balances[max(day, loan.disbursed_on)] = left
    segments = segments_of(sorted(balances.items()), loan.rate, on)
    in_time = exact(cut(segments, loan.due_on), loan.day_count)
    since_due = [part for segment in segments if (part := segment.since(loan.due_on))]
    if not since_due:
        return Charges(to_minor(in_time), 0)
    after = late(
        since_due,
        due=loan.due_on,
        on=on,
        terms=lateness(loan),
        convention=loan.day_count,
    )
    return Charges(to_minor(in_time + after.interest), to_minor(Fraction(after.penalty)))


def lateness(loan: Borrowed) -> PenaltyTerms:
    """What being late costs on this loan."""
    return PenaltyTerms(loan.grace_days, loan.penalty_factor)


class Keeping(Protocol):
    """What must be known of a loan to say what its margin has borne; `Loan` has it."""

    @property
    def day_count(self) -> str: ...
    @property
    def margin_rate(self) -> Decimal: ...
    @property
    def margin_since(self) -> date | None: ...


def borne_by_margin(
    loan: Keeping, deposit: int, added: Sequence[tuple[date, int]], on: date
) -> int:
    """What a margin has borne up to a day (not counted), in fen, rounded once: the deposit since it
    came, and what was `added` to it, (day, fen)."""
    since = loan.margin_since
    if since is None or not loan.margin_rate:
        return 0
    balances, kept = {since: deposit}, deposit
    for day, amount in sorted(added):
        kept += amount
        balances[max(day, since)] = kept
    return accrued(segments_of(sorted(balances.items()), loan.margin_rate, on), loan.day_count)
