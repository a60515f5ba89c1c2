"""The names under which an order's holds stand in the ledgers; worked out, so never lost."""

from __future__ import annotations

from uuid import UUID, uuid5


def reservation_of(order_id: UUID, sku: UUID) -> UUID:
    """The hold on an order's goods of one SKU."""
    return uuid5(order_id, str(sku))


def terms_hold_of(order_id: UUID) -> UUID:
    """The hold an order on terms has on the buyer's trade credit."""
    return uuid5(order_id, "terms")
