"""The rows of an order pad as they were typed, and how the work of several hands comes together.

Pure. A row knows nothing of goods or prices: what is wrong in it stays in it. Whoever changes a row
says what it was when they read it, so that two people at one pad, or a phone that comes back from a
place without network, never undo each other's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from heliu.commerce.catalogue.policies import seen
from heliu.commerce.ordering.paste import day_in

HEAD = "code\tquantity\tremark\tby\tday"
Typed = tuple[str, str, str, str]


class PadRow(NamedTuple):
    """A row as somebody typed it; `by` is who changed it last, `day` the day on which it is wished
    (rows of the same goods with several days are the parts of one line)."""

    code: str = ""
    quantity: str = ""
    remark: str = ""
    by: str = ""
    day: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is wanted in it."""
        return not (self.code.strip() or self.quantity.strip())

    @property
    def typed(self) -> Typed:
        """What somebody typed, whoever it was."""
        return self.code, self.quantity, self.remark, self.day


def row_of(code: str, quantity: str = "", remark: str = "", day: str = "") -> PadRow:
    """A row as it came in, without what nobody sees: so two readings of one row are equal."""
    return PadRow(_cell(code), _cell(quantity), _cell(remark), day=day_in(_cell(day)))


class Change(NamedTuple):
    """What a row was when it was read (empty: it is new), where it stood, and what it is now."""

    place: int
    before: PadRow
    after: PadRow


class Merged(NamedTuple):
    """The pad with the changes in it.

    `places` says for each change where its row stands now (from 0), None for one taken out.
    `clashes` counts those whose row somebody else had changed meanwhile: both rows stand.
    """

    rows: list[PadRow]
    places: list[int | None]
    clashes: int


def read_rows(text: str) -> list[PadRow]:
    """The rows of a kept draft."""
    lines = text.split("\n")[1:] if text else []
    return [PadRow(*(line.split("\t") + [""] * 4)[:5]) for line in lines]


def write_rows(rows: Sequence[PadRow]) -> str:
    """The rows as a draft keeps them; the empty ones are left out."""
    filled = ["\t".join(map(_cell, row)) for row in rows if not row.is_empty]
    return "\n".join([HEAD, *filled]) if filled else ""


class _Free:
    """The rows no change stands for yet, found by what was typed in them."""

    def __init__(self, rows: Sequence[PadRow]) -> None:
        self._places: dict[Typed, dict[int, None]] = {}
        for at, row in enumerate(rows):
            self._places.setdefault(row.typed, {})[at] = None

    def at(self, place: int, wanted: PadRow) -> int | None:
        """The row at this place, if it reads like this; it is free no longer."""
        places = self._places.get(wanted.typed, {})
        if place not in places:
            return None
        del places[place]
        return place

    def any(self, wanted: PadRow) -> int | None:
        """The first row that reads like this; it is free no longer."""
        first = next(iter(self._places.get(wanted.typed, ())), None)
        return None if first is None else self.at(first, wanted)


def merge(rows: Sequence[PadRow], changes: Sequence[Change], *, by: str) -> Merged:
    """Put changes into the rows as they are now, each by itself.

    A row is looked for where it stood, then anywhere, and stands for one change only. One that is
    no longer there was changed by somebody else: theirs stays and ours is put beneath, so that
    nothing is lost and both are seen. A new row that stands there already is the same one, sent
    twice.
    """
    now: list[PadRow | None] = list(rows)
    free = _Free(rows)
    # First what stands as it was read; only then is it known what there is besides.
    places = [free.at(change.place, change.before) for change in changes]
    for n, (_, before, _) in enumerate(changes):
        if places[n] is None and not before.is_empty:
            places[n] = free.any(before)
    clashes = 0
    for n, (place, before, after) in enumerate(changes):
        if places[n] is None and not after.is_empty and before.typed != after.typed:
            places[n] = free.at(place, after)
            if places[n] is None:
                places[n] = free.any(after)
            if places[n] is None:
                clashes += not before.is_empty
                places[n] = len(now)
                now.append(None)
        at = places[n]
        if at is not None and not _reads(now[at], after):
            now[at] = None if after.is_empty else after._replace(by=by)
    return _closed_up(now, places, clashes)


def _closed_up(now: list[PadRow | None], places: list[int | None], clashes: int) -> Merged:
    """Without the rows that were taken out."""
    kept = [at for at, row in enumerate(now) if row is not None]
    moved = {at: new for new, at in enumerate(kept)}
    return Merged(
        [row for row in now if row is not None],
        [None if at is None else moved.get(at) for at in places],
        clashes,
    )


def _reads(row: PadRow | None, wanted: PadRow) -> bool:
    return row is not None and row.typed == wanted.typed


def _cell(text: str) -> str:
    return " ".join(seen(text).split())
