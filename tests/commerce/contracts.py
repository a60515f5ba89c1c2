"""Contracts that both sides agreed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from heliu.commerce.pricing import operations
from heliu.commerce.pricing.models import Contract
from heliu.kernel.access.actor import Actor


def agreed(*, at: datetime, **words: Any) -> Contract:
    """Offered by the seller that acts, and agreed to for its buyer."""
    return operations.agree(operations.offer(at=at, **words), actor=Actor.system(), at=at)
