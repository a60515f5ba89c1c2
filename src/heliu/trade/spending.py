"""What an order takes of its house's budgets, over the order's life.

Placing holds (`sql/place.sql` asks the gate of `commerce/spending`), confirming spends, calling off
gives back, and so do goods that came short or damaged. One that only warns stops nothing (`warn`).
Budgets of houses above the buyer's count
too; a step sees them only while it settles them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from heliu.commerce.spending import operations as spending
from heliu.commerce.spending.queries import bearers, charges
from heliu.kernel.access.door import widened
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.money import Money


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


def warn(*, at: datetime) -> int:
    """Tell who manages a house that a budget that only warns is passed, once in its period. For the
    worker; returns how many were told."""
    with transaction.atomic():
        over = spending.passed(at=at)
        for period, taken in over:
            centre = period.budget.cost_centre
            said: dict[str, Parameter] = {
                "budget": centre.names if centre else period.starts.isoformat(),
                "taken": Money(taken),
                "amount": Money(period.budget.amount + period.carried),
            }
            tell(period.org, "budget-passed", said, link="/company/spending", at=at)
    return len(over)


def lost(order_id: UUID, value: int, *, key: str, at: datetime) -> None:
    """Goods of this price (minor units) came short or damaged, or will not come at all, and nobody
    pays for them."""
    if value and (payers := bearers(order_id)):
        with widened(payers):
            spending.give_back(charges(order_id), value=value, key=key, at=at)
