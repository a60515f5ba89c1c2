"""How goods cover what is owed: what is set free of them, and what must stay."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from heliu.capital.credit.models import ReleaseMode

SHORTFALL_POINTS = Decimal(5)  # of loan to value, above that of the opening


@dataclass(frozen=True)
class Earning:
    """What sets goods free, in fen: the principal, how much of it is repaid, by whomever, and all
    that the borrower has paid in itself: its deposit, and what it repaid or added as margin."""

    principal: int
    repaid: int
    paid_in: int


def entitlement(mode: str, earning: Earning, pledged_value: int) -> int:
    """The value of goods, in fen, the borrower may have had released in all.

    Proportional: the share of the pledged value that is repaid of the principal, rounded down, so
    that the cover never falls. Deposit first: goods worth what the borrower paid in, so that what
    is left is worth what is owed; what a seller refunds stands for goods that did not come and
    frees none. Floor: repaying lowers the floor and frees nothing by itself; the borrower says what
    it takes out above it. All of it when the loan is repaid.
    """
    if earning.repaid >= earning.principal:
        return pledged_value
    if mode == ReleaseMode.FLOOR:
        return 0
    if mode == ReleaseMode.DEPOSIT_FIRST:
        return min(earning.paid_in, pledged_value)
    return pledged_value * earning.repaid // earning.principal


def frees_on_arrival(mode: str, repaid: int) -> bool:
    """Whether goods that just arrived may come free at once: of a loan that was repaid in part, or
    for the deposit."""
    return (bool(repaid) and mode != ReleaseMode.FLOOR) or mode == ReleaseMode.DEPOSIT_FIRST


def least_cover(exposure: int, mode: str, deposit_ratio: Decimal) -> int:
    """The least value of goods, in fen, that covers an exposure, rounded up.

    A loan opens with goods worth the order, less what the deposit frees where that comes first; it
    may stand `SHORTFALL_POINTS` above that part of their value before it is short (finance 2A).
    """
    opened = Decimal(1) if mode == ReleaseMode.DEPOSIT_FIRST else 1 - deposit_ratio
    return ceil(Fraction(exposure) / Fraction(opened + SHORTFALL_POINTS / 100))
