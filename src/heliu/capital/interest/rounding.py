"""The one place where an exact amount becomes whole minor units."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Rounding(StrEnum):
    """What happens to exactly half a minor unit."""

    HALF_UP = "half-up"  # away from zero, so that a reversal mirrors what it reverses
    HALF_EVEN = "half-even"  # banker's rounding


def to_minor(exact: Fraction, rounding: Rounding = Rounding.HALF_UP) -> int:
    """An exact amount in minor units (fen), rounded to a whole one."""
    if rounding is Rounding.HALF_EVEN:
        return round(exact)
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return whole if exact >= 0 else -whole


def to_decimal(exact: Fraction, places: int) -> Decimal:
    """An exact number as a Decimal with `places` decimals, half up."""
    return Decimal(to_minor(exact * 10**places)).scaleb(-places)
