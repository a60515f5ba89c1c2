"""The order pad: rows typed, pasted or loaded; good ones are priced, bad ones stay in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from heliu.capital.credit.queries import CreditLine
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering import queries as ordering
from heliu.commerce.ordering.paste import PastedLine, parse_paste, read_quantity
from heliu.commerce.ordering.policies import CheckedLine, check_lines
from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.money import share_up
from heliu.logistics.stock import queries as stock
from heliu.portal.shell.records import House
from heliu.portal.ui.formats import count_text, money_text, percent_text

ROWS = 20
SPARE_ROWS = 5


@dataclass(frozen=True, slots=True)
class Typed:
    """A row as somebody typed it."""

    code: str = ""
    quantity: str = ""
    remark: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return not (self.code.strip() or self.quantity.strip())


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair that is offered as a button: which field, which value, in which words."""

    field: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the pad as it is drawn. ``wrong`` names the field at fault, ``''`` when none is."""

    number: int | str
    code: str = ""
    quantity: str = ""
    remark: str = ""
    name: str = ""
    tier_note: str = ""
    words: str = ""
    wrong: str = ""
    fixes: tuple[Fix, ...] = ()
    available: int | None = None
    unit_price: int | None = None
    amount: int | None = None

    @property
    def is_bad(self) -> bool:
        """Whether it cannot be ordered as it stands."""
        return bool(self.wrong)


@dataclass(frozen=True, slots=True)
class Checked:
    """The filled rows as they were judged, and what is free of each of their goods."""

    lines: tuple[CheckedLine[Any], ...]
    free: Mapping[UUID, int]

    @property
    def good(self) -> list[CheckedLine[Any]]:
        """Those that can be ordered as they stand."""
        return [line for line in self.lines if not line.problem]


@dataclass(frozen=True, slots=True)
class Pad:
    """All rows with their sum; amounts in minor units."""

    rows: tuple[Row, ...]
    good: int
    bad: int
    pieces: int
    total: int
    financed: int = 0
    ratio: str = ""
    own: str = ""

    template = Row("__n__")

    @property
    def first_bad(self) -> int | str:
        """The number of the first row that needs a change."""
        return next((row.number for row in self.rows if row.is_bad), 1)

    @property
    def filled(self) -> int:
        """How many rows hold something."""
        return self.good + self.bad


def check(actor: Actor, seller: House, typed: Sequence[Typed], at: datetime) -> Checked:
    """Every filled row against goods, own prices and free stock: six statements at most."""
    wanted = [_pasted(number, row) for number, row in enumerate(typed, start=1) if not row.is_empty]
    skus = catalogue.find(actor, [line.code for line in wanted], seller.pk)
    asked = [(skus[line.code].pk, line.quantity or 1) for line in wanted if line.code in skus]
    prices = pricing.resolve(
        buyer=actor.own_org, seller=seller.pk, wanted=asked, at=at, as_order=True
    )
    free = stock.available([sku for sku, _n in asked], owner=seller.pk, warehouse=seller.pk, at=at)
    all_known = all(line.code in skus for line in wanted)
    codes = () if all_known else catalogue.codes(actor, seller.pk)
    return Checked(tuple(check_lines(wanted, skus, prices, free, codes)), free)


def laid_out(
    typed: Sequence[Typed], checked: Checked, line: CreditLine | None, *, blank: int = SPARE_ROWS
) -> Pad:
    """The rows as drawn, with empty ones to go on, and what they come to."""
    by_row = {one.row: one for one in checked.lines}
    rows = [
        _row(number, row, by_row.get(number), checked.free)
        for number, row in enumerate(typed, start=1)
    ]
    last_filled = max((n for n, row in enumerate(typed, start=1) if not row.is_empty), default=0)
    wish = max(ROWS, last_filled + blank)
    rows += [Row(number) for number in range(len(rows) + 1, wish + 1)]
    total = sum(one.amount or 0 for one in checked.good)
    ratio = line.facility.deposit_ratio if line else Decimal(0)
    own = share_up(total, ratio)
    return Pad(
        rows=tuple(rows),
        good=len(checked.good),
        bad=len(checked.lines) - len(checked.good),
        pieces=sum(one.quantity or 0 for one in checked.good),
        total=total,
        financed=total - own,
        ratio=percent_text(ratio * 100, 0),
        own=money_text(own),
    )


def kept(actor: Actor, seller: House) -> list[Typed]:
    """What the person left in the pad: the draft's rows, then what came from the catalogue."""
    rows = rows_of(ordering.draft(actor, seller.pk))
    in_cart = {line.sku.code: line.quantity for line in ordering.cart(actor, seller.pk)}
    shown = {row.code.casefold() for row in rows}
    return rows + [
        Typed(code, str(quantity))
        for code, quantity in in_cart.items()
        if code.casefold() not in shown
    ]


def rows_of(text: str) -> list[Typed]:
    """Rows of a pasted or loaded list, each cell as it was where it could not be read."""
    return [Typed(line.code, _quantity_text(line), line.remark) for line in parse_paste(text)]


def text_of(rows: Sequence[Typed]) -> str:
    """The rows as text that `rows_of` reads again, with a head so that no row is taken for one."""
    filled = [row for row in rows if not row.is_empty]
    if not filled:
        return ""
    lines = ["code\tquantity\tremark"]
    lines += ["\t".join((row.code, row.quantity, row.remark)) for row in filled]
    return "\n".join(lines)


def _pasted(number: int, row: Typed) -> PastedLine:
    quantity, problem = read_quantity(row.quantity)
    code = row.code.strip()
    return PastedLine(number, code, quantity, row.remark, problem if code else "code-missing")


def _quantity_text(line: PastedLine) -> str:
    if line.quantity is not None:
        return str(line.quantity)
    cells = line.raw.split("\t")
    return cells[1].strip() if line.problem and len(cells) > 1 else ""


def _row(number: int, typed: Typed, line: CheckedLine[Any] | None, free: Mapping[UUID, int]) -> Row:
    if line is None:
        return Row(number, typed.code, typed.quantity, typed.remark)
    return Row(
        number,
        typed.code,
        typed.quantity,
        typed.remark,
        name=line.sku.display if line.sku else "",
        words=line.words,
        wrong=line.field if line.problem else "",
        fixes=tuple(_fix(line.field, value) for value in line.repairs),
        available=free.get(line.sku.pk, 0) if line.sku else None,
        unit_price=line.unit_price,
        amount=line.amount,
    )


def _fix(field: str, value: str) -> Fix:
    is_number = field == "quantity" and value.isdecimal()
    words = _("take %(n)s") % {"n": count_text(int(value))} if is_number else value
    return Fix(field, value, words)
