"""Pure decisions about orders: no table is read and nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.utils.translation import gettext, gettext_noop

from heliu.commerce.catalogue.nearest import Nearest
from heliu.commerce.ordering.models import OrderStatus
from heliu.commerce.ordering.paste import LARGEST, PastedLine, parse_paste

__all__ = [
    "WORDS",
    "CheckedLine",
    "PastedLine",
    "check_line",
    "check_lines",
    "parse_paste",
    "status_after_delivery",
]

# What can be wrong with a line of the order pad: code to its one line of words.
WORDS = {
    "code-missing": gettext_noop("There is no code in this row"),
    "code-unknown": gettext_noop("This seller has no goods with this code"),
    "quantity-missing": gettext_noop("Enter a quantity"),
    "quantity-unreadable": gettext_noop("This quantity is not a number"),
    "quantity-unclear": gettext_noop(
        "This quantity can be read in two ways; write it without signs"
    ),
    "quantity-not-whole": gettext_noop("Only whole pieces can be ordered"),
    "quantity-not-positive": gettext_noop("A quantity is one or more"),
    "quantity-too-large": gettext_noop("This quantity is too large"),
    "price-missing": gettext_noop("There is no price for you at this quantity"),
    "short": gettext_noop("Only %(available)s are available"),
    "sold-out": gettext_noop("None are available now"),
}


class Delivered(Protocol):
    """How far the delivery of one line went; quantities in smallest units."""

    @property
    def to_ship(self) -> int: ...
    @property
    def under_way(self) -> int: ...


def status_after_delivery(lines: Sequence[Delivered]) -> OrderStatus:
    """What an order of which something was shipped has become."""
    if any(line.to_ship for line in lines):
        return OrderStatus.PART_SHIPPED
    if any(line.under_way for line in lines):
        return OrderStatus.SHIPPED
    return OrderStatus.RECEIVED


class Goods(Protocol):
    """A SKU as far as a line is judged by it."""

    @property
    def pk(self) -> Any: ...


class Priced(Protocol):
    """What one smallest unit costs, in minor units."""

    @property
    def unit_price(self) -> int: ...


class CheckedLine[S: Goods](NamedTuple):
    """A line of the order pad as it can be ordered, or why not.

    `problem` is '' for a good line, else a code of `WORDS`; `field` is the cell at fault (code or
    quantity), `available` what was left of the goods, and `repairs` all values to put there
    instead, best first. `unit_price` and `amount` are minor units.
    """

    row: int
    code: str
    sku: S | None
    quantity: int | None
    unit_price: int | None
    amount: int | None
    problem: str = ""
    field: str = ""
    repairs: tuple[str, ...] = ()
    available: int = 0

    @property
    def words(self) -> str:
        """What is wrong, in the language active now."""
        if not self.problem:
            return ""
        return gettext(WORDS[self.problem]) % {"available": self.available}

    @property
    def suggestion(self) -> str:
        """The best repair, '' when there is none."""
        return self.repairs[0] if self.repairs else ""


def check_lines[S: Goods](
    wanted: Sequence[PastedLine],
    skus: Mapping[str, S],
    prices: Mapping[UUID, Priced | None],
    available: Mapping[UUID, int],
    codes: Collection[str] = (),
) -> list[CheckedLine[S]]:
    """Judge each line by itself and in order: earlier lines take the goods that there are.

    `skus` are those found by code, `available` what can be promised of each (absent is none),
    `codes` all codes of the seller for "did you mean".
    """
    left = defaultdict(int, available)
    nearest = Nearest(codes)
    checked = []
    for line in wanted:
        sku = skus.get(line.code)
        price = prices.get(sku.pk) if sku else None
        judged = check_line(
            line, sku, price.unit_price if price else None, left[sku.pk] if sku else 0, nearest
        )
        if judged.sku and judged.quantity and not judged.problem:
            left[judged.sku.pk] -= judged.quantity
        checked.append(judged)
    return checked


def check_line[S: Goods](
    line: PastedLine,
    sku: S | None,
    unit_price: int | None,
    left: int,
    nearest: Nearest | None = None,
) -> CheckedLine[S]:
    """Judge one line, given what is left of its goods; `nearest` knows the codes that there are."""

    def bad(problem: str, field: str = "quantity", repairs: tuple[str, ...] = ()) -> CheckedLine[S]:
        return CheckedLine(
            line.row, line.code, sku, line.quantity, unit_price, None,
            problem, field, repairs, left,
        )  # fmt: skip

    if not line.code:
        return bad("code-missing", "code")
    if sku is None:
        return bad("code-unknown", "code", nearest.to(line.code) if nearest else ())
    if line.problem:
        return bad(line.problem)
    if line.quantity is None:
        return bad("quantity-missing")
    if line.quantity < 1:
        return bad("quantity-not-positive")
    if line.quantity > LARGEST:
        return bad("quantity-too-large")
    if unit_price is None:
        return bad("price-missing")
    if left < 1:
        return bad("sold-out")
    if line.quantity > left:
        return bad("short", repairs=(str(left),))
    amount = line.quantity * unit_price
    return CheckedLine(line.row, line.code, sku, line.quantity, unit_price, amount)
