"""Pure decisions about orders: no table is read and nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.utils.translation import gettext, gettext_noop

from heliu.commerce.catalogue.nearest import Nearest
from heliu.commerce.catalogue.policies import folded
from heliu.commerce.ordering.models import OrderStatus
from heliu.commerce.ordering.parts import MOST_PARTS
from heliu.commerce.ordering.paste import LARGEST, PastedLine, parse_paste
from heliu.kernel.errors import Invalid

__all__ = [
    "ANY_QUANTITY",
    "WORDS",
    "CheckedLine",
    "PackRule",
    "PastedLine",
    "check_line",
    "check_lines",
    "parse_paste",
    "refuse_day",
    "status_after_delivery",
]

# What can be wrong with a line of the order pad: code to its one line of words.
WORDS = {
    "code-missing": gettext_noop("There is no code in this row"),
    "code-unknown": gettext_noop("This seller has no goods with this code"),
    "quantity-missing": gettext_noop("Enter a quantity"),
    "quantity-unreadable": gettext_noop("This quantity is not a number"),
    "pack-unknown": gettext_noop("These goods have no pack of this name"),
    "quantity-unclear": gettext_noop(
        "This quantity can be read in two ways; write it without signs"
    ),
    "quantity-not-whole": gettext_noop("Only whole pieces can be ordered"),
    "quantity-not-positive": gettext_noop("A quantity is one or more"),
    "quantity-too-large": gettext_noop("This quantity is too large"),
    "price-missing": gettext_noop("There is no price for you at this quantity"),
    "not-for-you": gettext_noop("These goods are not on sale to you"),
    "below-minimum": gettext_noop("The least that is sold at once is %(least)s"),
    "not-whole-pack": gettext_noop("These goods come in packs of %(pack)s"),
    "double": gettext_noop("These goods stand in row %(twin)s already"),
    "day-unreadable": gettext_noop("This is not a day"),
    "day-invalid": gettext_noop(
        "The wished delivery day lies between today and two years from now"
    ),
    "days-many": gettext_noop("A line is split over %(days)s days at most"),
    "short": gettext_noop("Only %(available)s are available"),
    "sold-out": gettext_noop("None are available now"),
}


FURTHEST = timedelta(days=730)


def day_problem(typed: str, today: date) -> str | None:
    """What is wrong with a day that was typed; nothing is no problem."""
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        return "day-unreadable"
    return None if day is None or today <= day <= today + FURTHEST else "day-invalid"


def refuse_day(wanted_on: date | None, today: date) -> None:
    """Goods are wished for a day to come; a day off will do. Raises `Invalid` for another."""
    if wanted_on is None or today <= wanted_on <= today + FURTHEST:
        return
    raise Invalid(
        "wished-day-invalid",
        "The wished delivery day lies between today and two years from now.",
        field="wanted_on",
        help="Choose a later day, or leave it open.",
    )


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


class OfGoods(Protocol):
    """A line as far as its goods are asked."""

    @property
    def pk(self) -> Any: ...
    @property
    def sku_id(self) -> Any: ...


def by_goods(lines: Iterable[OfGoods], quantities: Mapping[int, int]) -> dict[UUID, int]:
    """How much of which goods quantities of lines (by their ids) are."""
    found: dict[UUID, int] = {}
    for line in lines:
        if n := quantities.get(line.pk, 0):
            found[line.sku_id] = found.get(line.sku_id, 0) + n
    return found


class Goods(Protocol):
    """A SKU as far as a line is judged by it."""

    @property
    def pk(self) -> Any: ...


class Priced(Protocol):
    """What one smallest unit costs, in minor units."""

    @property
    def unit_price(self) -> int: ...


class PackRule(NamedTuple):
    """In what quantities goods are ordered: the least at once, and the packs they come in."""

    least: int = 1
    pack: int = 1

    def takes(self, quantity: int) -> bool:
        """Whether so many may be ordered at once; `trade_line_facts` judges the same."""
        return quantity >= self.least and quantity % self.pack == 0

    def fitting(self, quantity: int) -> tuple[int, ...]:
        """The quantities next to this one that may be ordered, the larger first."""
        floor = -(-self.least // self.pack) * self.pack
        up = max(-(-quantity // self.pack) * self.pack, floor)
        down = quantity // self.pack * self.pack
        return (up, down) if floor <= down < up else (up,)


ANY_QUANTITY = PackRule()


class CheckedLine[S: Goods](NamedTuple):
    """A line of the order pad as it can be ordered, or why not.

    `problem` is '' for a good line, else a code of `WORDS`; `field` is the cell at fault (code,
    quantity or day), `available` what was left of the goods, `rule` in what quantities they are
    ordered, `is_packed` whether it was typed in packs, `day` that on which they are wished,
    `twin` the row that names the same goods, and `repairs` all values to put there instead, best
    first. `unit_price` and `amount` are minor units.
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
    rule: PackRule = ANY_QUANTITY
    twin: int = 0
    is_packed: bool = False
    day: str = ""

    @property
    def words(self) -> str:
        """What is wrong, in the language active now."""
        if not self.problem:
            return ""
        return gettext(WORDS[self.problem]) % {
            "available": self.available,
            "least": self.rule.fitting(1)[0],
            "pack": self.rule.pack,
            "twin": self.twin,
            "days": MOST_PARTS,
        }

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
    *,
    rules: Mapping[UUID, PackRule] | None = None,
    once: bool = False,
) -> list[CheckedLine[S]]:
    """Judge each line by itself and in order: earlier lines take the goods that there are.

    `skus` are those found by code, `available` what can be promised of each (absent is none),
    `codes` all codes of the seller for "did you mean", `rules` in what quantities goods are ordered
    (absent is any). With `once` goods may stand in one line only, as in an order pad: in one for
    each day on which they are wished.
    """
    left = defaultdict(int, available)
    nearest = Nearest(codes)
    rows: dict[UUID, dict[str, int]] = defaultdict(dict)
    checked = []
    for line in wanted:
        sku = skus.get(line.code)
        price = prices.get(sku.pk) if sku else None
        judged = check_line(
            line,
            sku,
            price.unit_price if price else None,
            left[sku.pk] if sku else 0,
            nearest,
            rule=(rules or {}).get(sku.pk, ANY_QUANTITY) if sku else ANY_QUANTITY,
            twin=rows[sku.pk].setdefault(line.day, line.row) if sku and once else 0,
            is_much=sku is not None and len(rows[sku.pk]) > MOST_PARTS,
        )
        if judged.sku and judged.quantity and not judged.problem:
            left[judged.sku.pk] -= judged.quantity
        checked.append(judged)
    return checked


def _whole_beside(typed: str, rule: PackRule) -> tuple[str, ...]:
    """What may be ordered in place of a part of a piece, the larger first."""
    digits = folded(typed).removeprefix("+").partition(".")[0]
    if len(digits) > len(str(LARGEST)):
        return ()
    beside = {*rule.fitting(int(digits) + 1), *(rule.fitting(int(digits)) if int(digits) else ())}
    return tuple(str(one) for one in sorted(beside, reverse=True) if one <= LARGEST)


def check_line[S: Goods](
    line: PastedLine,
    sku: S | None,
    unit_price: int | None,
    left: int,
    nearest: Nearest | None = None,
    *,
    rule: PackRule = ANY_QUANTITY,
    twin: int = 0,
    is_much: bool = False,
) -> CheckedLine[S]:
    """Judge one line, given what is left of its goods, in what quantities they are ordered and
    which row has them first; `nearest` knows the codes that there are, `is_much` says that they
    stand under more days than a line has parts."""

    def bad(problem: str, field: str = "quantity", repairs: tuple[str, ...] = ()) -> CheckedLine[S]:
        return CheckedLine(
            line.row, line.code, sku, line.quantity, unit_price, None,
            problem, field, repairs, left, rule, twin, day=line.day,
        )  # fmt: skip

    if not line.code:
        return bad("code-missing", "code")
    if sku is None:
        return bad("code-unknown", "code", nearest.to(line.code) if nearest else ())
    if twin not in (0, line.row):
        return bad("double", "code")
    if line.problem == "quantity-not-whole":
        return bad(line.problem, repairs=_whole_beside(line.typed, rule))
    if line.problem:
        return bad(line.problem, "day" if line.problem.startswith("day-") else "quantity")
    if is_much:
        return bad("days-many", "day")
    if line.quantity is None:
        return bad("quantity-missing")
    if line.quantity < 1:
        return bad("quantity-not-positive")
    if line.quantity > LARGEST:
        return bad("quantity-too-large")
    if not rule.takes(line.quantity):
        is_little = line.quantity < rule.least
        repairs = tuple(map(str, rule.fitting(line.quantity)))
        return bad("below-minimum" if is_little else "not-whole-pack", repairs=repairs)
    if unit_price is None:
        return bad("price-missing")
    if left < 1:
        return bad("sold-out")
    if line.quantity > left:
        most = left // rule.pack * rule.pack
        return bad("short", repairs=(str(most),) if rule.takes(most) and most else ())
    amount = line.quantity * unit_price
    return CheckedLine(
        line.row, line.code, sku, line.quantity, unit_price, amount, available=left, rule=rule,
        day=line.day,
    )  # fmt: skip
