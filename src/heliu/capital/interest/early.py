"""Paying before the due day, wholly or in part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from heliu.capital.interest.accrual import Segment, accrued
from heliu.capital.interest.days import Convention
from heliu.capital.interest.rounding import Rounding, to_minor


@dataclass(frozen=True)
class EarlyTerms:
    """What paying early costs beside the interest to the day.

    `fee`: per cent of the principal paid early. None of it by default: small firms are to be able
    to leave a loan without a price. `at_least`: the smallest fee in minor units when there is one.
    """

    fee: Decimal = Decimal(0)
    at_least: int = 0


@dataclass(frozen=True)
class Early:
    """What an early payment is made of, in minor units, and the principal that stays."""

    principal: int
    interest: int
    fee: int
    left: int

    @property
    def total(self) -> int:
        """What has to be paid."""
        return self.principal + self.interest + self.fee


def repay_early(
    principal: int,
    segments: Sequence[Segment],
    *,
    on: date,
    convention: Convention | str,
    part: int | None = None,
    interest_paid: int = 0,
    terms: EarlyTerms | None = None,
    rounding: Rounding = Rounding.HALF_UP,
) -> Early:
    """What must be paid `on` to pay back `part` of the principal (None: all of it) before its time.

    `segments`: the balances that bore interest until now; all interest to the day, less what was
    paid of it, comes with the payment. ValueError when `part` is not within what is owed.
    """
    part = principal if part is None else part
    if not 0 < part <= principal:
        raise ValueError("an early payment lies between nothing and all that is owed")
    terms = terms or EarlyTerms()
    charge = accrued(segments, convention, rounding, until=on) - interest_paid
    fee = max(terms.at_least, share(part, terms.fee, rounding)) if terms.fee else 0
    return Early(part, charge, fee, principal - part)


def share(amount: int, per_cent: Decimal, rounding: Rounding = Rounding.HALF_UP) -> int:
    """`per_cent` of an amount in minor units: how a fee is worked out."""
    return to_minor(Fraction(per_cent) * amount / 100, rounding)
