"""The order pad as it is drawn: rows with their words and repairs, a leaf of them at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from heliu.capital.credit.queries import CreditLine
from heliu.commerce.ordering.paste import PastedLine, parse_paste
from heliu.commerce.ordering.policies import CheckedLine
from heliu.commerce.ordering.rows import PadRow, row_of
from heliu.kernel.money import share_up
from heliu.portal.ui.formats import count_text, money_text, percent_text
from heliu.trade.back_orders import Wait
from heliu.trade.earning import Earned
from heliu.trade.order_pad import Checked

ROWS = 20
SPARE_ROWS = 5
LEAF = 100
WHOLE = 200  # a pad with no more rows is shown whole
BAD = "bad"


class Shown(NamedTuple):
    """A row on the page: its number there, what is in it, where it stands among the rows that were
    judged (from 0), and whether the draft has it (what came in by the catalogue is not there yet,
    and no less judged)."""

    number: int
    row: PadRow
    place: int | None
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair that is offered as a button: which field, which value, in which words."""

    field: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the pad as it is drawn. ``wrong`` names the field at fault, ``''`` when none is;
    ``was`` is what stands in the draft, as the form sends it back, ``wait`` what of its goods is
    still to come, ``can_split`` whether it can be wished in two."""

    number: int | str
    code: str = ""
    quantity: str = ""
    remark: str = ""
    by: str = ""
    day: str = ""
    was: str = ""
    name: str = ""
    pack_note: str = ""
    words: str = ""
    wrong: str = ""
    fixes: tuple[Fix, ...] = ()
    available: int | None = None
    unit_price: int | None = None
    amount: int | None = None
    wait: Wait | None = None
    can_split: bool = False

    @property
    def is_bad(self) -> bool:
        """Whether it cannot be ordered as it stands."""
        return bool(self.wrong)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Which rows of a long pad are on the page; addresses are '' where there are none."""

    first: int
    last: int
    of: int
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Pad:
    """The rows on the page with the sum of all; amounts in minor units."""

    rows: tuple[Row, ...]
    good: int
    bad: int
    pieces: int
    total: int
    financed: int = 0
    ratio: str = ""
    own: str = ""
    leaf: Leaf | None = None
    clashes: int = 0
    others: int = 0
    least: str = ""
    missing: str = ""
    earned: tuple[Earned, ...] = ()
    has_days: bool = False
    waits: int = 0
    can_split: bool = False

    template = Row("__n__")

    @property
    def first_bad(self) -> int | str:
        """The number of the first row on the page that needs a change."""
        return next((row.number for row in self.rows if row.is_bad), 0)

    @property
    def filled(self) -> int:
        """How many rows hold something."""
        return self.good + self.bad


def whole(rows: Sequence[PadRow], *, stored: int, blank: int = SPARE_ROWS) -> list[Shown]:
    """All rows, and empty ones to go on; those beyond `stored` are not in the draft yet."""
    wish = max(ROWS, len(rows) + blank)
    return [
        Shown(at + 1, rows[at], at, at < stored)
        if at < len(rows)
        else Shown(at + 1, PadRow(), None)
        for at in range(wish)
    ]


def leafed(
    rows: Sequence[PadRow], checked: Checked, page: int, show: str, *, stored: int
) -> tuple[list[Shown], Leaf]:
    """A leaf of a long pad: of all its rows or of those that need a change; those from `stored` on
    are not in the draft yet."""
    bad = [line.row - 1 for line in checked.lines if line.problem]
    places = bad if show == BAD else list(range(len(rows)))
    last = max(0, (len(places) - 1) // LEAF)
    page = min(max(page, 0), last)
    here = places[page * LEAF : (page + 1) * LEAF]
    tail = f"&show={BAD}" if show == BAD else ""
    leaf = Leaf(
        page * LEAF + 1 if here else 0,
        page * LEAF + len(here),
        len(places),
        f"?leaf={page - 1}{tail}" if page else "",
        f"?leaf={page + 1}{tail}" if page < last else "",
    )
    return [Shown(at + 1, rows[at], at, at < stored) for at in here], leaf


def laid_out(
    shown: Sequence[Shown],
    checked: Checked,
    line: CreditLine | None,
    *,
    leaf: Leaf | None = None,
    clashes: int = 0,
    others: int = 0,
    has_days: bool = False,
) -> Pad:
    """The rows as drawn, and what all good rows of the pad come to."""
    by_place = {one.row - 1: one for one in checked.lines}
    numbers = {one.place: one.number for one in shown if one.place is not None}
    rows = [
        _row(one, by_place.get(one.place) if one.place is not None else None, checked, numbers)
        for one in shown
    ]
    good, total = checked.good, checked.total
    ratio = line.facility.deposit_ratio if line else Decimal(0)
    own = share_up(total, ratio)
    return Pad(
        rows=tuple(rows),
        good=len(good),
        bad=len(checked.lines) - len(good),
        pieces=sum(one.quantity or 0 for one in good),
        total=total,
        financed=total - own,
        ratio=percent_text(ratio * 100, 0),
        own=money_text(own),
        leaf=leaf,
        clashes=clashes,
        others=others,
        least=money_text(checked.least),
        missing=money_text(checked.missing) if checked.missing else "",
        earned=checked.earned,
        has_days=has_days or any(one.row.day for one in shown),
        waits=len(checked.waits),
        can_split=any(one.until for one in checked.waits.values()),
    )


def rows_of(text: str) -> list[PadRow]:
    """Rows of a pasted or loaded list, each cell as it was where it could not be read."""
    return [
        row_of(line.code, _quantity_text(line), line.remark, line.day) for line in parse_paste(text)
    ]


def _quantity_text(line: PastedLine) -> str:
    return line.typed if line.quantity is None else str(line.quantity)


def _row(
    shown: Shown, line: CheckedLine[Any] | None, checked: Checked, numbers: dict[int, int]
) -> Row:
    number, typed, place, is_kept = shown
    cells = typed._asdict()
    was = "\t".join((str(place), *typed.typed)) if is_kept and place is not None else ""
    if line is None:
        return Row(number, **cells, was=was)
    if line.twin:
        line = line._replace(twin=numbers.get(line.twin - 1, line.twin))
    wait = checked.waits.get(line.sku.pk) if line.sku and not line.problem else None
    return Row(
        number,
        **cells,
        was=was,
        name=line.sku.display if line.sku else "",
        pack_note=_pack_note(line),
        words=line.words,
        wrong=line.field if line.problem else "",
        fixes=_fixes(line),
        available=checked.free.get(line.sku.pk, 0) if line.sku else None,
        unit_price=line.unit_price,
        amount=line.amount,
        wait=wait,
        can_split=bool(wait and wait.until and line.quantity == wait.ready + wait.waiting),
    )


def _pack_note(line: CheckedLine[Any]) -> str:
    """In what quantities good rows' goods come, and how many pieces are in what was typed as
    packs; a bad row says it in its own words."""
    if line.problem:
        return ""
    if line.is_packed:
        return _("%(n)s pieces") % {"n": count_text(line.quantity or 0)}
    if line.rule.pack == 1:
        return ""
    packs = (line.quantity or 0) // line.rule.pack
    return _("%(n)s packs of %(pack)s") % {
        "n": count_text(packs),
        "pack": count_text(line.rule.pack),
    }


def _fixes(line: CheckedLine[Any]) -> tuple[Fix, ...]:
    if line.problem == "double":
        return (
            Fix("add", str(line.twin), _("add it there")),
            Fix("instead", str(line.twin), _("take this one instead")),
            Fix("drop", "", _("drop this one")),
        )
    return tuple(_fix(line.field, value) for value in line.repairs)


def _fix(field: str, value: str) -> Fix:
    is_number = field == "quantity" and value.isdecimal()
    words = _("take %(n)s") % {"n": count_text(int(value))} if is_number else value
    return Fix(field, value, words)
