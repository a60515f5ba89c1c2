"""Choosing what a dealer orders: its own favourites, for about a sum of money. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

LINES = 6


@dataclass(frozen=True)
class Shelf:
    """A SKU a dealer likes. `price` in fen is that of a piece; from `tier_from` pieces on (0:
    never) a piece costs `tier_price`. `available` pieces can be ordered now."""

    sku: UUID
    code: str
    price: int
    tier_from: int
    tier_price: int
    available: int

    def cost(self, quantity: int) -> int:
        """What so many pieces cost, in fen."""
        is_cheaper = 0 < self.tier_from <= quantity
        return quantity * (self.tier_price if is_cheaper else self.price)


def fill(shelves: Sequence[Shelf], total: int, *, lines: int = LINES) -> list[tuple[Shelf, int]]:
    """(SKU, quantity) for at most `total` fen, spread evenly over the first shelves that reach.

    Never more than half of what a shelf has, so that somebody else can order too.
    """
    chosen: list[tuple[Shelf, int]] = []
    left = total
    for shelf in shelves:
        if len(chosen) == lines:
            break
        share = left // (lines - len(chosen))
        quantity = min(share // shelf.price, shelf.available // 2)
        if quantity > 0 and shelf.cost(quantity) >= share * 4 // 5:
            chosen.append((shelf, quantity))
            left -= shelf.cost(quantity)
    return chosen
