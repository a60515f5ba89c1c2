"""The chain's past: the sample's real orders as completed orders, and how they were paid.

They were placed before the chain had a bank, on the seller's terms, so they have no journals and
no movements of stock: the books and the ledgers of goods begin with the opening of the chain.
Written in sets, since nobody lived through them here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.demo import sample
from heliu.demo.chain import Chain, owner_name
from heliu.kernel.clock import day_of
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY
from heliu.kernel.numbering import next_numbers

TERMS = timedelta(days=30)  # what the seller gave before there was a bank
DELIVERED = timedelta(days=3)


@dataclass(frozen=True)
class _Past:
    """An order of the sample with what it is called here; `source` is its number there."""

    id: UUID
    number: str
    deal: UUID
    deal_number: str
    buyer: UUID
    buyer_name: str
    source: str
    total: int
    lines: int
    placed_at: datetime
    completed_at: datetime
    due_on: date
    paid_on: date


def load(
    chain: Chain,
    orders: Sequence[sample.Order],
    *,
    behaviours: Mapping[str, sample.Behaviour],
    at: datetime,
) -> int:
    """Write down the orders placed before `at`, with their deals, facts and payments.

    `behaviours` are the dealers' ways of paying, by code. Returns how many orders there were.
    """
    before = [order for order in orders if order.placed_at < at]
    past = list(_named(chain, before, behaviours, at))
    asked: dict[str, Any] = {
        field.name: [getattr(one, field.name) for one in past] for field in fields(_Past)
    }
    asked |= {"seller": chain.seller, "currency": CURRENCY, "today": day_of(at)}
    rows = [
        (one.id, position, chain.skus[line.sku], line.quantity, line.unit_price)
        for one, order in zip(past, before, strict=True)
        for position, line in enumerate(order.lines, start=1)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_sql("past"), asked)
        cursor.execute(_sql("past_lines"), [list(column) for column in zip(*rows, strict=True)])
    return len(past)


def _named(
    chain: Chain,
    orders: Iterable[sample.Order],
    behaviours: Mapping[str, sample.Behaviour],
    at: datetime,
) -> Iterator[_Past]:
    """Ids and numbers for all, the numbers month by month."""
    for _, group in groupby(orders, lambda order: (order.placed_at.year, order.placed_at.month)):
        month = list(group)
        first = month[0].placed_at
        numbers = next_numbers("SO", len(month), first)
        deals = next_numbers("DL", len(month), first)
        for order, number, deal in zip(month, numbers, deals, strict=True):
            placed_at = order.placed_at.astimezone(UTC)
            due_on = day_of(placed_at + TERMS)
            late = sample.days_late(behaviours[order.dealer], order.number)
            yield _Past(
                id=new_id(),
                number=number,
                deal=new_id(),
                deal_number=deal,
                buyer=chain.dealers[order.dealer],
                buyer_name=owner_name(order.dealer),
                source=order.number,
                total=order.total,
                lines=len(order.lines),
                placed_at=placed_at,
                completed_at=min(placed_at + DELIVERED, at),
                due_on=due_on,
                paid_on=due_on + timedelta(days=late),
            )


def _sql(name: str) -> str:
    return (files("heliu.demo") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
