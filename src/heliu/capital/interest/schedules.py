"""Repayment schedules: what is due when, as principal and interest in minor units.

Every schedule's principal sums to the loan and its last balance is zero. Interest of a period is
that of the balance at its start under the true days of the period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from heliu.capital.interest.accrual import exact, segments_of
from heliu.capital.interest.days import Convention, add_months
from heliu.capital.interest.rates import Rates
from heliu.capital.interest.rounding import Rounding, to_minor

WHOLE = 10**12  # a unit balance on which period factors are taken; cancels out


@dataclass(frozen=True)
class Instalment:
    """One line of a schedule: a period, what falls due on its last day, and what is then left."""

    number: int
    start: date
    due: date
    principal: int
    interest: int
    left: int

    @property
    def payment(self) -> int:
        """What the borrower pays on the due day."""
        return self.principal + self.interest


def monthly_dues(start: date, count: int, *, every: int = 1) -> list[date]:
    """`count` due days, each `every` months after the one before, on the day of the start.

    A loan of 31 January is due on the last of February and on 31 March.
    """
    return [add_months(start, every * number) for number in range(1, count + 1)]


def interest_dues(start: date, end: date, *, day: int = 20) -> list[date]:
    """The days on which a bank takes interest: the `day` of each month (20 or 21), then `end`."""
    if not 1 <= day <= 28:
        raise ValueError("the interest day must exist in every month")
    dues, due = [], start.replace(day=day)
    while due < end:
        if due > start:
            dues.append(due)
        due = add_months(due, 1)
    return [*dues, end]


def bullet(
    principal: int,
    rates: Rates,
    start: date,
    dues: Sequence[date],
    convention: Convention | str,
    rounding: Rounding = Rounding.HALF_UP,
) -> list[Instalment]:
    """Interest on every due day, the principal with the last one.

    One due day: all interest with the principal. With `interest_dues`: interest monthly on the
    20th. ValueError when the due days do not rise.
    """
    shares = [0] * (len(dues) - 1) + [principal]
    return _lines(principal, rates, start, dues, shares, convention, rounding)


def equal_principal(
    principal: int,
    rates: Rates,
    start: date,
    dues: Sequence[date],
    convention: Convention | str,
    rounding: Rounding = Rounding.HALF_UP,
) -> list[Instalment]:
    """The same principal on every due day, the residue of the division with the last."""
    share = principal // len(dues)
    shares = [share] * (len(dues) - 1) + [principal - share * (len(dues) - 1)]
    return _lines(principal, rates, start, dues, shares, convention, rounding)


def equal_instalment(
    principal: int,
    rates: Rates,
    start: date,
    dues: Sequence[date],
    convention: Convention | str,
    rounding: Rounding = Rounding.HALF_UP,
    *,
    nudge: bool = False,
) -> list[Instalment]:
    """The same payment on every due day, the residue of rounding with the last.

    The payment is P / Σ v(i), v(i) = Π 1 / (1 + f(j)) for j ≤ i, where f(j) is the true factor
    (rate × days) of period j. `nudge`: move the payment by the mean residue when the last payment
    then lies nearer to the others, as Apache Fineract's progressive schedule does.
    """
    factors = _factors(rates, start, dues, convention)
    worth = Fraction(0)
    for factor in reversed(factors):
        worth = (1 + worth) / (1 + factor)
    payment = to_minor(principal / worth, rounding)
    shares = _paid_down(principal, payment, factors, rounding)
    if nudge:
        gap = _last_gap(shares, payment, factors, rounding)
        moved = payment + to_minor(Fraction(gap, len(dues)), rounding)
        other = _paid_down(principal, moved, factors, rounding)
        if abs(_last_gap(other, moved, factors, rounding)) < abs(gap):
            shares = other
    return _lines(principal, rates, start, dues, shares, convention, rounding)


def _paid_down(
    principal: int, payment: int, factors: Sequence[Fraction], rounding: Rounding
) -> list[int]:
    """The principal inside each payment; the last takes what is left."""
    shares, left = [], principal
    for factor in factors[:-1]:
        share = min(left, max(0, payment - to_minor(left * factor, rounding)))
        shares.append(share)
        left -= share
    return [*shares, left]


def _last_gap(
    shares: Sequence[int], payment: int, factors: Sequence[Fraction], rounding: Rounding
) -> int:
    """By how much the last payment differs from the others."""
    return shares[-1] + to_minor(shares[-1] * factors[-1], rounding) - payment


def _factors(
    rates: Rates, start: date, dues: Sequence[date], convention: Convention | str
) -> list[Fraction]:
    """Interest of each period per unit of balance, exact."""
    return [
        exact(segments_of([(since, WHOLE)], rates, until), convention, termination=dues[-1]) / WHOLE
        for since, until in pairwise([start, *dues])
    ]


def _lines(
    principal: int,
    rates: Rates,
    start: date,
    dues: Sequence[date],
    shares: Sequence[int],
    convention: Convention | str,
    rounding: Rounding,
) -> list[Instalment]:
    days = [start, *dues]
    if not dues or any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError("due days must rise, the first after the start")
    if principal <= 0:
        raise ValueError("a schedule needs a principal")
    lines, left = [], principal
    factors = _factors(rates, start, dues, convention)
    for number, (share, factor) in enumerate(zip(shares, factors, strict=True), 1):
        charge = to_minor(left * factor, rounding)
        left -= share
        lines.append(Instalment(number, days[number - 1], days[number], share, charge, left))
    return lines
