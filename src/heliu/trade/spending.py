"""What an order takes of its house's budgets, over the order's life.

Placing holds (`sql/place.sql` asks the gate of `commerce/spending`), confirming spends, calling off
gives back, and so do goods that came short or damaged. Budgets of houses above the buyer's count
too; a step sees them only while it settles them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.commerce.spending import operations as spending
from heliu.commerce.spending.queries import bearers, charges
from heliu.kernel.access.door import widened


def confirmed(order_id: UUID, *, at: datetime) -> None:
    """The seller has accepted: what was held is spent."""
    if payers := bearers(order_id):
        with widened(payers):
            spending.spend(charges(order_id), at=at)


def called_off(order_id: UUID, *, at: datetime) -> None:
    """The order is off: all it took is free again."""
    if payers := bearers(order_id):
        with widened(payers):
            spending.give_back(charges(order_id), at=at)


def lost(order_id: UUID, value: int, *, key: str, at: datetime) -> None:
    """Goods of this price (minor units) came short or damaged, or will not come at all, and nobody
    pays for them."""
    if value and (payers := bearers(order_id)):
        with widened(payers):
            spending.give_back(charges(order_id), value=value, key=key, at=at)
