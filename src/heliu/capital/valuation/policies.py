"""What a pool of goods is worth, what may be lent against it, and what is missing. Pure.

Amounts in fen, whole numbers throughout; shares are exact decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from heliu.kernel.clock import day_of

JUMP = Decimal("0.10")
"""A price that is further off the last sound one, within a day, wants a second source."""
A_DAY = timedelta(days=1)
OLDEST = timedelta(days=7)
"""A price that was quoted longer ago is no news."""


class Margins(Protocol):
    """A lender's rules for lending against stock; `MarginRules` has them."""

    @property
    def opening_ratio(self) -> Decimal: ...
    @property
    def warn_ratio(self) -> Decimal: ...
    @property
    def call_ratio(self) -> Decimal: ...
    @property
    def liquidation_ratio(self) -> Decimal: ...
    @property
    def cure_days(self) -> int: ...
    @property
    def haircut(self) -> Decimal: ...
    @property
    def haircuts(self) -> Mapping[str, str]: ...
    @property
    def stale_days(self) -> int: ...
    @property
    def max_age_days(self) -> int: ...
    @property
    def concentration(self) -> Decimal: ...


@dataclass(frozen=True)
class Rules:
    """The same, as they were written down with a loan."""

    opening_ratio: Decimal
    warn_ratio: Decimal
    call_ratio: Decimal
    liquidation_ratio: Decimal
    cure_days: int
    haircut: Decimal
    haircuts: Mapping[str, str]
    stale_days: int
    max_age_days: int
    concentration: Decimal

    def haircut_of(self, family: str) -> Decimal:
        """What is taken off goods of a family."""
        return Decimal(self.haircuts.get(family, self.haircut))


def said(rules: Margins) -> dict[str, Any]:
    """The rules as plain values, to be written down with a loan."""
    values = {one.name: getattr(rules, one.name) for one in fields(Rules)}
    return {
        name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()
    }


def read(kept: Mapping[str, Any]) -> Rules:
    """The rules as they were written down."""
    shares = ("_ratio", "haircut", "concentration")
    values: dict[str, Any] = {
        name: Decimal(value) if name.endswith(shares) else value for name, value in kept.items()
    }
    return Rules(**values)


class Quote(NamedTuple):
    """What goods cost somewhere: in fen for the smallest unit, at a time, and how sure its source
    is, in per cent."""

    sku: UUID
    source: str
    amount: int
    at: datetime
    confidence: int = 100


def is_jump(amount: int, before: int) -> bool:
    """Whether a price is so far off another that one source is not enough for it."""
    return abs(amount - before) > before * JUMP


class Priced(NamedTuple):
    """The price that holds for goods, and whether a newer one is doubted."""

    amount: int
    at: datetime
    source: str
    is_doubted: bool = False


class Why(StrEnum):
    """Why goods count nothing, or less."""

    UNPRICED = "unpriced"
    STALE = "stale"
    AGED = "aged"
    CROWDED = "crowded"


class Lying(NamedTuple):
    """Goods of one row of a pool: pieces, what one of them cost, and since when they lie there."""

    sku: UUID
    family: str
    quantity: int
    unit_cost: int
    since: date


@dataclass(frozen=True)
class LineValue:
    """What the goods of a row count for. `unit` is what a piece is worth; `why` they count nothing,
    or less, '' otherwise."""

    lying: Lying
    unit: int
    worth: int
    value: int
    why: str


@dataclass(frozen=True)
class Valued:
    """A pool: its rows, what it is worth, and what may be lent against (`value`)."""

    lines: tuple[LineValue, ...]
    worth: int
    value: int

    @property
    def is_blind(self) -> bool:
        """Whether goods count nothing because nobody says what they cost."""
        return any(line.why in (Why.UNPRICED, Why.STALE) for line in self.lines)


def valued(lines: Sequence[Lying], prices: Mapping[UUID, Priced], rules: Rules, on: date) -> Valued:
    """What a pool counts for on a day."""
    single = [_line(one, prices.get(one.sku), rules, on) for one in lines]
    rows = _unconcentrated(single, rules.concentration)
    return Valued(tuple(rows), sum(row.worth for row in rows), sum(row.value for row in rows))


def _line(lying: Lying, price: Priced | None, rules: Rules, on: date) -> LineValue:
    why = ""
    if price is None:
        why = Why.UNPRICED
    elif (on - day_of(price.at)).days > rules.stale_days:
        why = Why.STALE
    elif (on - lying.since).days > rules.max_age_days:
        why = Why.AGED
    if price is None or why:
        return LineValue(lying, 0, 0, 0, why)
    unit = min(lying.unit_cost, price.amount)
    worth = lying.quantity * unit
    return LineValue(lying, unit, worth, _part(worth, 1 - rules.haircut_of(lying.family)), "")


def _unconcentrated(lines: Sequence[LineValue], most: Decimal) -> list[LineValue]:
    """Goods of one kind count for no more than their share of the pool; what is over comes off
    their last rows."""
    if most == 1:
        return list(lines)
    left: dict[UUID, int] = {}
    ceiling = _part(sum(line.value for line in lines), most)
    kept = []
    for line in lines:
        room = left.setdefault(line.lying.sku, ceiling)
        counts = min(room, line.value)
        left[line.lying.sku] = room - counts
        why = line.why if counts == line.value else Why.CROWDED
        kept.append(LineValue(line.lying, line.unit, line.worth, counts, why))
    return kept


def floor_of(exposure: int, rules: Rules) -> int:
    """The least lendable value that what is owed must rest on, rounded up."""
    return -(-Fraction(exposure) // Fraction(rules.opening_ratio))


def lends(value: int, rules: Rules) -> int:
    """The most that is lent against a lendable value."""
    return _part(value, rules.opening_ratio)


def loan_to_value(exposure: int, value: int) -> Decimal | None:
    """What is owed as per cent of the lendable value, to one place; None where nothing counts."""
    return round(Decimal(exposure) * 100 / value, 1) if value else None


class Level(StrEnum):
    """How a pool covers what is owed, the best first."""

    COVERED = "COVERED"
    WARNING = "WARNING"
    CALL = "CALL"
    LIQUIDATION = "LIQUIDATION"


def level_of(exposure: int, value: int, rules: Rules) -> Level:
    """Where a pool stands; on a threshold it has passed it."""
    steps = (
        (rules.liquidation_ratio, Level.LIQUIDATION),
        (rules.call_ratio, Level.CALL),
        (rules.warn_ratio, Level.WARNING),
    )
    if not exposure:
        return Level.COVERED
    return next((level for ratio, level in steps if exposure >= ratio * value), Level.COVERED)


class Cure(NamedTuple):
    """What brings a pool back to its floor: so much repaid, or goods of so much lendable value."""

    cash: int
    goods: int


def cure_of(exposure: int, value: int, rules: Rules) -> Cure:
    """Cash: what is owed above what the pool carries. Goods: what is missing to the floor."""
    return Cure(max(0, exposure - lends(value, rules)), max(0, floor_of(exposure, rules) - value))


def _part(amount: int, share: Decimal) -> int:
    """A share of an amount, rounded down: what secures is never rounded up."""
    return int(Fraction(amount) * Fraction(share))
