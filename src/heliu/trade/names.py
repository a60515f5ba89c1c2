"""The names under which an order's holds stand in the ledgers; worked out, so never lost.

A name begins as its order's id, which begins with the time: the holds of an order, and of orders
placed together, lie together in the index. The rest is a digest (UUIDv8, RFC 9562).
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from uuid import UUID

_REST = (1 << 62) - 1
_BEGINNING = ((1 << 64) - 1) << 64 & ~(0xF << 76)
_VERSION_AND_VARIANT = 0x8 << 76 | 0x2 << 62


def reservation_of(order_id: UUID, sku: UUID) -> UUID:
    """The hold on an order's goods of one SKU."""
    return reservations_of(order_id, [sku])[0]


def reservations_of(order_id: UUID, skus: Iterable[UUID]) -> list[UUID]:
    """The holds on an order's goods of these SKUs."""
    return _parts_of(order_id, (sku.bytes for sku in skus))


def terms_hold_of(order_id: UUID) -> UUID:
    """The hold an order on terms has on the buyer's trade credit."""
    return _parts_of(order_id, [b"terms"])[0]


def waiting_hold_of(request_id: UUID, sku: UUID) -> UUID:
    """The hold on goods of one SKU while others are asked to agree to an order."""
    return _parts_of(request_id, [b"waits" + sku.bytes])[0]


def _parts_of(order_id: UUID, parts: Iterable[bytes]) -> list[UUID]:
    beginning = order_id.int & _BEGINNING | _VERSION_AND_VARIANT
    begun = blake2b(order_id.bytes, digest_size=8)
    found = []
    for part in parts:
        digest = begun.copy()
        digest.update(part)
        found.append(UUID(int=beginning | int.from_bytes(digest.digest()) & _REST))
    return found
