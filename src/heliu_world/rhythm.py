"""When a dealer orders what: its real orders, their gaps pressed together so that days are full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from heliu.demo import sample
from heliu_world.market import LINES, Dealer, Market, Shop

A_DAY = 7  # orders in the whole market, about


@dataclass(frozen=True)
class Wish:
    """What a dealer will want of a shop at a moment: real lines of a real order."""

    at: datetime
    dealer: Dealer
    shop: Shop
    lines: tuple[sample.Line, ...]


def wishes(market: Market, random: Random, *, begins: datetime, days: int) -> list[Wish]:
    """The dealers' wishes for so many days, in the order of time.

    Each dealer relives a stretch of its past: the order of its orders, their mix and the relation
    of the gaps are real. Busier dealers order more often, as they did.
    """
    pairs = [
        (shop, dealer, [order for order in shop.orders if order.dealer == dealer.code])
        for shop in market.shops
        for dealer in market.dealers
    ]
    known = sum(len(orders) for _, _, orders in pairs)
    found = []
    for shop, dealer, orders in pairs:
        wanted = min(len(orders), round(A_DAY * days * len(orders) / known) or 1)
        first = random.randrange(len(orders) - wanted + 1) if orders else 0
        for order, at in _pressed(orders[first : first + wanted], random, begins, days):
            lines = order.lines
            if len(lines) > LINES:
                lines = tuple(random.sample(lines, LINES))
            found.append(Wish(at, dealer, shop, lines))
    return sorted(found, key=lambda wish: (wish.at, wish.dealer.code))


def _pressed(
    orders: Sequence[sample.Order], random: Random, begins: datetime, days: int
) -> list[tuple[sample.Order, datetime]]:
    """The orders with their moments, pressed or stretched to fill the days."""
    if not orders:
        return []
    first, last = orders[0].placed_at, orders[-1].placed_at
    lived = max((last - first).total_seconds(), 1.0)
    room = days * 86_400
    shift = random.randrange(room // 4 + 1)
    return [
        (
            order,
            begins
            + timedelta(
                seconds=int(
                    (shift + (order.placed_at - first).total_seconds() / lived * (room - 1)) % room
                )
            ),
        )
        for order in orders
    ]
