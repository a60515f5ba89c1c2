"""What was ordered before, looked at with today's eyes: prices, what can be had, what is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.commerce.ordering.models import Order
from heliu.commerce.ordering.policies import CheckedLine
from heliu.commerce.ordering.rows import PadRow
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden
from heliu.kernel.goods.models import Sku
from heliu.trade.order_pad import check

MOST_BOUGHT = 200
LATEST_ORDERS = 300

# Read off the buyer's own orders, the latest first; each SKU with its last order and how often.
# What came for free was not ordered.
LATEST = """
  from (select id, placed_at from ordering_order
         where buyer = %s and seller = %s and status <> 'CANCELLED'
         order by placed_at desc, id desc limit %s) o
  join ordering_orderline l on l.order_id = o.id and l.amount > 0"""
BOUGHT = f"""
select l.sku_id, count(*)::int, max(o.placed_at),
       (array_agg(l.quantity order by o.placed_at desc))[1],
       (array_agg(l.unit_price order by o.placed_at desc))[1]
{LATEST}
 group by l.sku_id
 order by max(o.placed_at) desc, count(*) desc, l.sku_id
 limit %s"""
ONE_BOUGHT = (
    f"select count(*)::int, sum(l.quantity)::bigint, max(o.placed_at) {LATEST} where l.sku_id = %s"
)


@dataclass(frozen=True, slots=True)
class Bought:
    """In how many of the latest orders an article was, how many pieces in all, and when last."""

    orders: int
    pieces: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Before:
    """Goods as they were bought: how much last, at what price each (minor units), how often."""

    sku: Sku
    quantity: int
    unit_price: int
    times: int = 1
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """A line as it was and as it would be today; `now` says what is wrong with it, if anything."""

    before: Before
    now: CheckedLine[Any]

    @property
    def dearer(self) -> int:
        """By how much one piece has become dearer (below zero: cheaper), in minor units."""
        if self.now.unit_price is None:
            return 0
        return self.now.unit_price - self.before.unit_price

    @property
    def is_gone(self) -> bool:
        """Whether the seller has these goods no more."""
        return self.now.sku is None


def order_again(actor: Actor, order: Order, at: datetime) -> list[Again]:
    """The lines of one of the buyer's own orders, today; a handful of statements."""
    if order.buyer not in actor.orgs:
        raise Forbidden("not-your-desk", "You can order for your own organisation only.")
    lines: dict[UUID, Before] = {}
    for line in order.lines.all():
        if before := lines.get(line.sku_id):
            lines[line.sku_id] = replace(before, quantity=before.quantity + line.quantity)
        elif line.amount:
            lines[line.sku_id] = Before(line.sku, line.quantity, line.unit_price)
    return today(actor, order.seller, list(lines.values()), at)


def bought_one(actor: Actor, seller: UUID, sku: UUID) -> Bought | None:
    """How the buyer's latest orders from a seller held one article; None where none did."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_BOUGHT, [actor.own_org, seller, LATEST_ORDERS, sku])
        orders, pieces, last = cursor.fetchone()
    return Bought(orders, pieces, last) if orders else None


def bought(actor: Actor, seller: UUID, at: datetime) -> list[Again]:
    """The goods of `bought_goods` as they would be today."""
    return today(actor, seller, bought_goods(actor, seller), at)


def bought_goods(actor: Actor, seller: UUID) -> list[Before]:
    """What the buyer's latest orders from a seller held, each of the goods once, the latest first:
    at most `MOST_BOUGHT` of the last `LATEST_ORDERS` orders."""
    actor.require("order")
    with connection.cursor() as cursor:
        cursor.execute(BOUGHT, [actor.own_org, seller, LATEST_ORDERS, MOST_BOUGHT])
        rows = cursor.fetchall()
    skus = Sku.objects.in_bulk([sku for sku, *_ in rows])
    return [
        Before(skus[sku], quantity, price, times, last)
        for sku, times, last, quantity, price in rows
        if sku in skus
    ]


def today(actor: Actor, seller: UUID, lines: Sequence[Before], at: datetime) -> list[Again]:
    """Goods as they were bought, and as they would be ordered today."""
    rows = [PadRow(line.sku.code, str(line.quantity)) for line in lines]
    checked = check(actor, seller, rows, at)
    return [Again(before, now) for before, now in zip(lines, checked.lines, strict=True)]
