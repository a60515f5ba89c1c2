"""Pure decisions about quotes: no table is read and nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple, Protocol
from uuid import UUID

from heliu.kernel.clock import day_of, start_of
from heliu.kernel.errors import Invalid
from heliu.kernel.money import CURRENCY

MOST_LINES = 200
LARGEST = 10**9  # pieces of a line
DEAREST = 10**13  # minor units of one piece
UNANSWERED = timedelta(days=30)  # an answer that has not come by then does not come
LONGEST = timedelta(days=366)  # an offer holds


class Asked(NamedTuple):
    """Goods that a buyer asks a price for, or a seller offers of its own; `price` (minor units of
    one) is what it wishes to pay, or to have."""

    sku: UUID
    quantity: int
    price: int | None = None
    words: str = ""


class Answer(NamedTuple):
    """What the seller says to the line at a position: its price, or that it is struck; other goods
    or pieces in its place."""

    position: int
    price: int | None = None
    is_struck: bool = False
    sku: UUID | None = None
    quantity: int | None = None
    words: str = ""


class OfLine(Protocol):
    """A line as it was asked for."""

    @property
    def position(self) -> int: ...
    @property
    def sku_id(self) -> UUID: ...
    @property
    def quantity(self) -> int: ...


@dataclass(frozen=True)
class Offered:
    """A line as it is offered."""

    position: int
    sku: UUID
    quantity: int
    price: int | None
    is_struck: bool
    instead_of: UUID | None
    words: str


def refuse_bad_wishes(lines: Sequence[Asked]) -> None:
    """A question names each of its goods once, in pieces, and wishes prices above zero."""
    if not 0 < len(lines) <= MOST_LINES:
        raise Invalid(
            "quote-lines", "A quote has 1 to %(most)s lines.", field="lines", most=MOST_LINES
        )
    for place, line in enumerate(lines, 1):
        _refuse_amounts(place, line.quantity, line.price)
    _refuse_twice([line.sku for line in lines])


def offered(asked: Sequence[OfLine], answers: Sequence[Answer]) -> list[Offered]:
    """The lines of an offer: each that was asked for with its answer. Raises `Invalid` for one
    without an answer, for a price that is none, and where all are struck."""
    said = {answer.position: answer for answer in answers}
    if set(said) != {line.position for line in asked} or len(said) < len(answers):
        raise Invalid("answer-each", "Answer each line once, or strike it.", field="lines")
    lines = [_offered(line, said[line.position]) for line in asked]
    if all(line.is_struck for line in lines):
        raise Invalid(
            "all-struck", "Not every line can be struck.", field="lines",
            help="Decline the quote instead.",
        )  # fmt: skip
    _refuse_twice([line.sku for line in lines])
    return lines


def begun(lines: Sequence[Asked]) -> list[Offered]:
    """The lines of an offer that nobody asked for. Raises `Invalid` for one without a price, and as
    `refuse_bad_wishes` does."""
    refuse_bad_wishes(lines)
    for place, line in enumerate(lines, 1):
        if line.price is None:
            raise Invalid("price-missing-here", "Name a price.", field=f"lines.{place}")
    return [
        Offered(place, line.sku, line.quantity, line.price, False, None, line.words)
        for place, line in enumerate(lines, 1)
    ]


def _offered(line: OfLine, said: Answer) -> Offered:
    if said.is_struck:
        return Offered(line.position, line.sku_id, line.quantity, None, True, None, said.words)
    if said.price is None:
        raise Invalid(
            "price-needed", "Name a price, or strike the line.", field=f"lines.{line.position}"
        )
    sku, quantity = said.sku or line.sku_id, said.quantity or line.quantity
    _refuse_amounts(line.position, quantity, said.price)
    instead = line.sku_id if sku != line.sku_id else None
    return Offered(line.position, sku, quantity, said.price, False, instead, said.words)


class Bound(Protocol):
    """Up to where quotes are answered without a person (`AutoAnswer`)."""

    @property
    def min_quantity(self) -> int: ...
    @property
    def percent(self) -> Decimal: ...
    @property
    def days(self) -> int: ...
    @property
    def most(self) -> int | None: ...


class Wished(NamedTuple):
    """A line as it is judged by the bounds: pieces, the price that is wished if one is, and what
    would be paid without a quote (minor units; None: it is not sold)."""

    quantity: int
    price: int | None
    usual: int | None


def by_rule(
    bounds: Sequence[Bound], lines: Sequence[Wished], currency: str = CURRENCY
) -> tuple[list[int], int] | None:
    """The prices at which a quote is answered without a person, and for how many days; None where a
    person must. Each line is judged by the bound of the most pieces it reaches: who wishes a price
    within it gets that, who wishes none the lowest, and nobody more than it would pay anyway. What
    a quote may come to is bounded in our currency: in another no such bound is kept."""
    reached = [
        max((one for one in bounds if one.min_quantity <= line.quantity),
            key=lambda one: one.min_quantity, default=None)
        for line in lines
    ]  # fmt: skip
    prices = []
    for bound, line in zip(reached, lines, strict=True):
        if bound is None or line.usual is None:
            return None
        lowest = _lowest(line.usual, bound.percent)
        price = lowest if line.price is None else min(line.price, line.usual)
        if price < max(lowest, 1):
            return None
        prices.append(price)
    worth = sum(line.quantity * price for line, price in zip(lines, prices, strict=True))
    caps = [bound.most for bound in reached if bound and bound.most is not None]
    if caps and (currency != CURRENCY or worth > min(caps)):
        return None
    return prices, min(bound.days for bound in reached if bound)


def _lowest(usual: int, percent: Decimal) -> int:
    """So many per cent under a price, to the fen, never below it."""
    share = Decimal(100) - percent
    return int((usual * share / 100).quantize(Decimal(1), rounding=ROUND_CEILING))


class Given(NamedTuple):
    """What an offer gives away: minor units, and their share of what would be paid anyway in
    hundredths of a per cent, rounded down."""

    amount: int
    share: int


def given_away(lines: Sequence[Offered], usual: Mapping[UUID, int]) -> Given:
    """What is offered below `usual` (minor units of one), over the whole offer, which is taken as a
    whole. A line above its usual price makes nothing good."""
    amount = anyway = 0
    for line in lines:
        if line.price is not None:
            usually = usual.get(line.sku, line.price)
            amount += line.quantity * max(0, usually - line.price)
            anyway += line.quantity * usually
    return Given(amount, amount * 100_00 // anyway if anyway else 0)


def total(lines: Sequence[tuple[int, int | None]]) -> int | None:
    """What (pieces, price) come to, in minor units; None where a price is missing."""
    if any(price is None for _, price in lines):
        return None
    return sum(quantity * (price or 0) for quantity, price in lines)


def ends_after(valid_until: date, at: datetime) -> datetime:
    """When an offer that holds to the end of a day runs out. Raises `Invalid` for a day that has
    gone by or is too far away."""
    today = day_of(at)
    if not today <= valid_until <= today + LONGEST:
        raise Invalid(
            "valid-until-invalid", "The last day of an offer is today, or within a year.",
            field="valid_until",
        )  # fmt: skip
    return start_of(valid_until + timedelta(days=1))


def are_same(offer: Mapping[UUID, int], wanted: Mapping[UUID, int]) -> bool:
    """Whether an order is of exactly the pieces of an offer."""
    return dict(offer) == dict(wanted)


def _refuse_amounts(place: int, quantity: int, price: int | None) -> None:
    if not 0 < quantity <= LARGEST:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field=f"lines.{place}")
    if price is not None and not 0 < price <= DEAREST:
        raise Invalid("price-invalid", "A price is above zero.", field=f"lines.{place}")


def _refuse_twice(skus: Sequence[UUID]) -> None:
    if len(set(skus)) < len(skus):
        raise Invalid("goods-twice", "The same goods stand there twice.", field="lines")
