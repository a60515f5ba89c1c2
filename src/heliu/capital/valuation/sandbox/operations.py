"""Setting what the sandbox index says."""

from __future__ import annotations

from datetime import datetime

from heliu.capital.valuation.sandbox.models import IndexPrice


def quote(code: str, amount: int, *, at: datetime) -> None:
    """From now on goods of this code cost so much, in fen."""
    said = {"amount": amount, "at": at, "is_silent": False}
    IndexPrice.objects.update_or_create(code=code, defaults=said)


def fall_silent(code: str) -> None:
    """The index says nothing of these goods any more."""
    IndexPrice.objects.filter(code=code).update(is_silent=True)
