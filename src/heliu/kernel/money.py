"""Money: whole minor units of one currency. Rounding lives here and in capital.interest only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext

from heliu.kernel.errors import Invalid

CURRENCY = "CNY"


@dataclass(frozen=True, order=True)
class Money:
    """An amount in minor units (fen for CNY). Two currencies do not add up: it raises."""

    minor: int
    currency: str = CURRENCY

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Share out by weight so that the shares sum to the whole; the last takes the residue."""
        total, left, shares = sum(weights), self.minor, []
        for weight in weights[:-1]:
            share = self.minor * weight // total
            shares.append(Money(share, self.currency))
            left -= share
        return [*shares, Money(left, self.currency)]

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise Invalid(
                "currency-mixed",
                "%(one)s and %(other)s cannot be added.",
                one=self.currency,
                other=other.currency,
            )
        return other.minor

    def spoken(self) -> str:
        """As it stands in a sentence, in the language active now: 12,000.00 CNY, 12,000.00元."""
        amount = str(self).removesuffix(f" {self.currency}")
        if self.currency == CURRENCY:
            return gettext("%(amount)s CNY") % {"amount": amount}
        return str(self)

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        major, minor = divmod(abs(self.minor), 100)
        return f"{sign}{major:,}.{minor:02d} {self.currency}"


def share_up(minor: int, ratio: Decimal) -> int:
    """`ratio` (0..1) of an amount, rounded up to the minor unit: how a deposit is worked out."""
    return int((minor * ratio).to_integral_value(ROUND_CEILING))


def share(minor: int, ratio: Decimal) -> int:
    """`ratio` of an amount, rounded half up to the minor unit."""
    return int((minor * ratio).to_integral_value(ROUND_HALF_UP))
