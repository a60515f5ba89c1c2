"""The demo's real input: a wholesaler's orders, as if their buyers were dealers of a chain here.

Quantities, prices, the mix of goods and the rhythm of buying are real; what is invented and what
was changed stands in data/README.md. Pure: reads the sheets beside it and nothing else.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from importlib.resources import files
from zoneinfo import ZoneInfo

RATE = Decimal("9.20")  # CNY for one GBP: fixed, printed with the demo
ZONE = ZoneInfo("Asia/Shanghai")


class Behaviour(StrEnum):
    """How a dealer pays. Invented: the source knows no payments."""

    PROMPT = "prompt"
    MOSTLY_PROMPT = "mostly-prompt"
    SLOW = "slow"
    IRREGULAR = "irregular"


# Of 100 payments, (how many, from, to) days after the due day; negative is early.
PAYS: dict[Behaviour, tuple[tuple[int, int, int], ...]] = {
    Behaviour.PROMPT: ((100, -3, 0),),
    Behaviour.MOSTLY_PROMPT: ((85, -2, 0), (15, 1, 6)),
    Behaviour.SLOW: ((20, -1, 0), (60, 2, 9), (20, 10, 20)),
    Behaviour.IRREGULAR: ((55, -2, 0), (30, 3, 15), (15, 20, 45)),
}


@dataclass(frozen=True)
class Family:
    """A family of goods."""

    code: str
    name: str
    name_zh: str


@dataclass(frozen=True)
class Sku:
    """An article: `price` in fen is its list price; from `tier_from` pieces on (0: never) a piece
    costs `tier_price`."""

    code: str
    name: str
    name_zh: str
    family: str
    price: int
    tier_from: int
    tier_price: int


@dataclass(frozen=True)
class Dealer:
    """A buyer: a real customer's orders under an invented name. `source_customer`: its number in
    the source, by which a row can be traced."""

    code: str
    name: str
    name_zh: str
    short_name: str
    short_name_zh: str
    city: str
    city_zh: str
    behaviour: Behaviour
    source_customer: str


@dataclass(frozen=True)
class Line:
    """A line of an order; `unit_price` in fen."""

    sku: str
    quantity: int
    unit_price: int

    @property
    def amount(self) -> int:
        """Quantity times price, in fen."""
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Order:
    """A past order; `number` is the source's invoice number, `dealer` the dealer's code."""

    number: str
    dealer: str
    placed_at: datetime
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """The sum of the lines, in fen."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class Sample:
    """Everything there is. Dealers stand by the number of their orders, the busiest first; orders
    by time; `rate` is CNY for one GBP and `shift` the time by which all orders were moved."""

    families: tuple[Family, ...]
    skus: tuple[Sku, ...]
    dealers: tuple[Dealer, ...]
    orders: tuple[Order, ...]
    rate: Decimal
    shift: timedelta


def load(today: date) -> Sample:
    """The sample, moved by whole weeks so that its last order lies 1 to 7 days before `today`.

    Whole weeks keep the days of the week. The hour of the day is the source's, read as Shanghai's.
    """
    rows = list(_sheet("orders"))
    last = datetime.fromisoformat(rows[-1]["placed_at"]).date()
    shift = timedelta(weeks=((today - last).days - 1) // 7)
    lines: dict[str, list[Line]] = {row["number"]: [] for row in rows}
    for row in _sheet("lines"):
        line = Line(row["sku"], int(row["quantity"]), to_fen(row["price"]))
        lines[row["order"]].append(line)
    return Sample(
        families=tuple(Family(**row) for row in _sheet("families")),
        skus=tuple(_sku(row) for row in _sheet("skus")),
        dealers=tuple(_dealer(row) for row in _sheet("dealers")),
        orders=tuple(
            Order(
                row["number"],
                row["dealer"],
                datetime.fromisoformat(row["placed_at"]).replace(tzinfo=ZONE) + shift,
                tuple(lines[row["number"]]),
            )
            for row in rows
        ),
        rate=RATE,
        shift=shift,
    )


def to_fen(pounds: str) -> int:
    """A price in pounds as written, in fen at the fixed rate, half up."""
    return int((Decimal(pounds) * RATE * 100).to_integral_value(ROUND_HALF_UP))


def days_late(behaviour: Behaviour, number: str) -> int:
    """How many days after its due day the payment for an order came; negative is early.

    Invented, but always the same for the same order.
    """
    seed = int.from_bytes(hashlib.sha256(number.encode()).digest()[:8])
    chance, rest = seed % 100, seed // 100
    for share, earliest, latest in PAYS[behaviour]:
        if chance < share:
            return earliest + rest % (latest - earliest + 1)
        chance -= share
    raise AssertionError("the shares sum to 100")


def _dealer(row: dict[str, str]) -> Dealer:
    behaviour = Behaviour(row.pop("behaviour"))
    return Dealer(behaviour=behaviour, **row)


def _sku(row: dict[str, str]) -> Sku:
    price = to_fen(row["price"])
    return Sku(
        code=row["code"],
        name=row["name"],
        name_zh=row["name_zh"],
        family=row["family"],
        price=price,
        tier_from=int(row["tier_from"] or 0),
        tier_price=to_fen(row["tier_price"]) if row["tier_price"] else price,
    )


def _sheet(name: str) -> Iterator[dict[str, str]]:
    """The rows of a gzipped sheet of the package."""
    packed = (files("heliu.demo") / "data" / f"{name}.csv.gz").read_bytes()
    return csv.DictReader(io.StringIO(gzip.decompress(packed).decode()))
