"""The chain's past: the sample's real orders as completed orders, and how they were paid.

They were placed before the chain had a bank, on the seller's terms, so they have no journals and
no movements of stock: the books and the ledgers of goods begin with the opening of the chain.
Written in sets, since nobody lived through them here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import groupby
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from heliu.commerce.ordering.models import PayBy
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
    """An order of the sample as it is gathered; `source` is its number there."""

    id: UUID
    number: str
    deal: UUID
    deal_number: str
    buyer: UUID
    seller: UUID
    buyer_name: str
    pay_by: str
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
    rows = [
        (one.id, position, chain.skus[line.sku], line.quantity, line.unit_price)
        for one, order in zip(past, before, strict=True)
        for position, line in enumerate(order.lines, start=1)
    ]
    with connection.cursor() as cursor:
        gather(cursor)
        _copy(cursor, "past_order", map(astuple, past))
        _copy(cursor, "past_line", rows)
        write(cursor, at=at)
    return len(past)


def gather(cursor: CursorWrapper) -> None:
    """Make the tables in which a past is gathered, empty, for the time of the transaction."""
    cursor.execute(_sql("past_tables"))


def write(cursor: CursorWrapper, *, at: datetime) -> None:
    """Write down the past that was gathered, seen from the moment `at`."""
    cursor.execute(_sql("past"), {"currency": CURRENCY, "today": day_of(at)})
    cursor.execute(_sql("past_lines"))


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
                seller=chain.seller,
                buyer_name=owner_name(order.dealer),
                pay_by=PayBy.TERMS,
                source=order.number,
                total=order.total,
                lines=len(order.lines),
                placed_at=placed_at,
                completed_at=min(placed_at + DELIVERED, at),
                due_on=due_on,
                paid_on=due_on + timedelta(days=late),
            )


def _copy(cursor: CursorWrapper, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    with cursor.copy(f"copy {table} from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def _sql(name: str) -> str:
    return (files("heliu.demo") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
