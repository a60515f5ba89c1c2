"""Choosing what a dealer orders: what it bought most of so far, for about a sum of money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from heliu.commerce.ordering.models import OrderLine
from heliu.commerce.pricing.queries import resolve
from heliu.logistics.stock.queries import available

LINES = 6
FAVOURITES = 60


@dataclass(frozen=True)
class Shelf:
    """A SKU a dealer likes: `tiers` are (quantity from, unit price in fen), the lowest first;
    `available` pieces can be ordered now."""

    sku: UUID
    tiers: tuple[tuple[int, int], ...]
    available: int

    def price(self, quantity: int) -> int:
        """What a piece costs when so many are bought, in fen."""
        return [price for least, price in self.tiers if least <= max(quantity, 1)][-1]


def favourites(*, buyer: UUID, seller: UUID, at: datetime) -> list[Shelf]:
    """What a buyer spent most on, the most first, with today's prices and what is there of it."""
    spent = (
        OrderLine.objects.filter(buyer=buyer, seller=seller)
        .values("sku")
        .annotate(spent=Sum("amount"))
        .order_by("-spent", "sku__code")
    )
    skus = [row["sku"] for row in spent[:FAVOURITES]]
    wanted = [(sku, 1) for sku in skus]
    prices = resolve(buyer=buyer, seller=seller, wanted=wanted, at=at)
    free = available(skus, owner=seller, warehouse=seller, at=at)
    return [
        Shelf(sku, price.tiers, free[sku]) for sku in skus if free[sku] and (price := prices[sku])
    ]


def fill(shelves: Sequence[Shelf], total: int, *, lines: int = LINES) -> list[tuple[UUID, int]]:
    """(SKU, quantity) for at most `total` fen, spread evenly over the first shelves that reach.

    Never more than half of what a shelf has, so that somebody else can order too.
    """
    chosen: list[tuple[UUID, int]] = []
    left = total
    for shelf in shelves:
        if len(chosen) == lines:
            break
        share = left // (lines - len(chosen))
        quantity = min(share // shelf.price(1), shelf.available // 2)
        cost = quantity * shelf.price(quantity)
        if quantity > 0 and cost >= share * 4 // 5:
            chosen.append((shelf.sku, quantity))
            left -= cost
    return chosen
