"""What being late costs: days of grace at the ordinary rate, then the penalty rate.

Once grace is lost the whole charge on overdue principal is factor × rate from the due day. It is
split so that nothing already posted is ever taken back: ordinary interest accrues through the days
of grace; when grace is lost the penalty makes those days up to the factor (a setting), and after
them the penalty stands in place of interest. There is never a penalty on a penalty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from heliu.capital.interest.accrual import Segment, cut, exact
from heliu.capital.interest.days import Convention
from heliu.capital.interest.rounding import Rounding, to_minor


@dataclass(frozen=True)
class PenaltyTerms:
    """What the contract says about being late.

    `grace_days`: days after the due day on which paying is still in time. `factor`: the penalty
    rate as a multiple of the ordinary rate; 1.5 is the top of the customary 1.3 to 1.5 (People's
    Bank of China, Yinfa 2003 No. 251). `from_due`: whether lost grace is charged back to the due
    day. `on_interest`: whether interest that fell due and stayed unpaid bears penalty too.
    ValueError for negative grace or a factor below 1.
    """

    grace_days: int = 0
    factor: Decimal = Decimal("1.5")
    from_due: bool = True
    on_interest: bool = False

    def __post_init__(self) -> None:
        if self.grace_days < 0 or self.factor < 1:
            raise ValueError("grace is not negative, and a penalty not below the ordinary rate")

    def grace_ends(self, due: date) -> date:
        """The last day on which paying what fell due on `due` is still in time."""
        return due + timedelta(days=self.grace_days)


@dataclass(frozen=True)
class Late:
    """Exact charges since the due day in minor units; neither ever falls as days pass."""

    interest: Fraction
    penalty: Fraction

    def rounded(self, rounding: Rounding = Rounding.HALF_UP) -> tuple[int, int]:
        """(interest, penalty) in whole minor units; post this minus what was posted before."""
        return to_minor(self.interest, rounding), to_minor(self.penalty, rounding)


def late(
    principal: Sequence[Segment],
    *,
    due: date,
    on: date,
    terms: PenaltyTerms,
    convention: Convention | str,
    unpaid_interest: Sequence[Segment] = (),
) -> Late:
    """The charges from `due` (counted) to `on` (not counted) for what fell due on one day.

    `principal` and `unpaid_interest`: what fell due and stayed unpaid, as balances from `due` on,
    which only fall, with the ordinary rate. Only what is still unpaid after the last day of grace
    bears penalty; a part paid within grace costs ordinary interest alone.
    """
    end = terms.grace_ends(due)
    interest = exact(cut(principal, min(on, end)), convention)
    if on <= end:
        return Late(interest, Fraction(0))
    factor = Fraction(terms.factor)
    in_grace, after = _penal(principal, end, on, convention)
    penalty = after * factor + (in_grace * (factor - 1) if terms.from_due else 0)
    if terms.on_interest:
        # Unpaid interest bears no ordinary interest, so its days of grace cost the full factor.
        in_grace, after = _penal(unpaid_interest, end, on, convention)
        penalty += (after + (in_grace if terms.from_due else 0)) * factor
    return Late(interest, penalty)


def _penal(
    balances: Sequence[Segment], end: date, on: date, convention: Convention | str
) -> tuple[Fraction, Fraction]:
    """Interest at the ordinary rate (within grace, after it) on what outlived the grace."""
    after = [part for segment in cut(balances, on) if (part := segment.since(end)) is not None]
    lost = max((part.principal for part in after), default=0)
    within = [
        Segment(part.start, part.end, min(part.principal, lost), part.rate)
        for part in cut(balances, end)
    ]
    return exact(within, convention), exact(after, convention)
