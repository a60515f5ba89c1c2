"""What a loan costs a year: the simple APR and the effective rate (XIRR) over all its flows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import exp, expm1, log, log1p

from heliu.capital.interest.rounding import to_decimal

# Rates are sought on (−1, 1e6), as x = ln(1 + rate).
LOWEST, HIGHEST = log(1e-12), log1p(1e6)
TOUCH = 1e-13  # a sum this small beside its terms is zero within double precision


def apr_simple(cost: int, received: int, days: int, *, places: int = 4) -> Decimal:
    """The simple yearly rate in per cent: cost / money received × 365 / days.

    Yearly rate as the People's Bank of China asks lenders to show it (announcement 2021 No. 3):
    all interest and fees against the principal in use. 2/10 net 30 is 2 for 98 in 20 days: 37.2449.
    ValueError without money received or days.
    """
    if received <= 0 or days <= 0:
        raise ValueError("a rate needs money received and days to use it")
    return to_decimal(Fraction(cost * 365 * 100, received * days), places)


@dataclass(frozen=True)
class Rate:
    """The one yearly rate, compounded, at which the flows are worth nothing: per cent a year."""

    per_cent: Decimal


class Why(StrEnum):
    """Why flows have no rate."""

    ONE_SIDED = "one-sided"  # money goes one way only, or not at all
    NO_ROOT = "no-root"  # no rate on (−100 %, 1e8 %) makes them worth nothing


@dataclass(frozen=True)
class NoRate:
    """There is no rate."""

    why: Why


@dataclass(frozen=True)
class SeveralRates:
    """More than one rate fits, lowest first: the question has no answer."""

    per_cent: tuple[Decimal, ...]


def xirr(flows: Sequence[tuple[date, int]], *, places: int = 4) -> Rate | NoRate | SeveralRates:
    """The effective yearly rate of dated flows in minor units (in +, out −), exponent ACT/365.

    Solves Σ amount / (1 + r)^(days / 365) = 0 with days from the first flow. A loan's flows, which
    change sign once, have at most one rate. Never guesses: between two neighbouring extrema of the
    sum there is at most one root, so all of them are found (see `_roots`).
    """
    net: dict[date, int] = defaultdict(int)
    for day, amount in flows:
        net[day] += amount
    days = sorted(day for day, amount in net.items() if amount)
    if len({net[day] > 0 for day in days}) < 2:
        return NoRate(Why.ONE_SIDED)
    years = [(day - days[0]).days / 365 for day in days]
    found = _roots([float(net[day]) for day in days], years)
    rates = [to_decimal(Fraction(expm1(x)) * 100, places) for x in found]
    if not rates:
        return NoRate(Why.NO_ROOT)
    return Rate(rates[0]) if len(rates) == 1 else SeveralRates(tuple(rates))


def _roots(amounts: Sequence[float], years: Sequence[float]) -> list[float]:
    """All x in [LOWEST, HIGHEST] with Σ a·e^(−x·t) = 0, ascending.

    Descartes' rule of signs, made constructive: times e^(x·s), with s between the two times where
    the amounts change sign, the sum keeps its roots, and its derivative Σ a·(s − t)·e^(x·(s − t))
    has one change of sign less. Between neighbouring roots of the derivative the sum is monotone,
    so each bracket holds at most one root.
    """
    change = next((i for i, (a, b) in enumerate(pairwise(amounts)) if a * b < 0), None)
    if change is None:
        return []
    if len(amounts) == 2:  # paid out once and repaid once: nothing has to be sought
        x = log(-amounts[1] / amounts[0]) / (years[1] - years[0])
        return [x] if LOWEST < x < HIGHEST else []
    middle = (years[change] + years[change + 1]) / 2
    slopes = [a * (middle - t) for a, t in zip(amounts, years, strict=True)]
    turns = _roots(slopes, years)
    found = [x for x in turns if _sign(amounts, years, x) == 0]
    for low, high in pairwise([LOWEST, *turns, HIGHEST]):
        if _sign(amounts, years, low) * _sign(amounts, years, high) < 0:
            found.append(_newton(amounts, slopes, years, low, high))
    return sorted(found)


def _newton(
    amounts: Sequence[float],
    slopes: Sequence[float],
    years: Sequence[float],
    low: float,
    high: float,
) -> float:
    """The root between two x of unlike sign: Newton's steps, and halving every third time or when
    a step would leave the bracket, so that it always ends."""
    rises = _sign(amounts, years, high) > 0
    x, turn = (low + high) / 2, 0
    while high - low > 1e-14 * max(1.0, abs(x)):
        sign = _sign(amounts, years, x)
        if sign == 0:
            break
        low, high = (low, x) if (sign > 0) == rises else (x, high)
        turn += 1
        weights = _weights(years, x)
        slope = _dot(slopes, weights)
        x = x - _dot(amounts, weights) / slope if slope and turn % 3 else low
        if not low < x < high:
            x = (low + high) / 2
    return x


def _sign(amounts: Sequence[float], years: Sequence[float], x: float) -> int:
    """The sign of the sum at x; 0 when nothing of it is left within double precision."""
    weights = _weights(years, x)
    total = _dot(amounts, weights)
    if abs(total) <= TOUCH * _dot([abs(a) for a in amounts], weights):
        return 0
    return 1 if total > 0 else -1


def _weights(years: Sequence[float], x: float) -> list[float]:
    """e^(−x·t), scaled so that the largest is 1 and none overflows."""
    peak = max(-x * years[0], -x * years[-1])
    return [exp(-x * t - peak) for t in years]


def _dot(ones: Sequence[float], others: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(ones, others, strict=True))
