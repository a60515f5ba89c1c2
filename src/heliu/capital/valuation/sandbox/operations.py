"""Setting what the sandbox index says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from heliu.capital.valuation.sandbox.models import IndexPrice


def quote(code: str, amount: int, *, at: datetime) -> None:
    """From now on goods of this code cost so much, in fen."""
    quote_all({code: amount}, at=at)


def quote_all(prices: Mapping[str, int], *, at: datetime) -> None:
    """From now on goods of these codes cost so much, in fen."""
    IndexPrice.objects.bulk_create(
        [IndexPrice(code=code, amount=amount, at=at) for code, amount in prices.items()],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["amount", "at", "is_silent"],
    )


def fall_silent(code: str) -> None:
    """The index says nothing of these goods any more."""
    IndexPrice.objects.filter(code=code).update(is_silent=True)
