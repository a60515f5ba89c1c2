"""The rows of an order pad as they were typed, and how the work of several hands comes together.

Pure. A row knows nothing of goods or prices: what is wrong in it stays in it. Whoever changes a row
says what it was when they read it, so that two people at one pad, or a phone that comes back from a
place without network, never undo each other's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from heliu.commerce.catalogue.policies import seen

HEAD = "code\tquantity\tremark\tby"


class PadRow(NamedTuple):
    """A row as somebody typed it; `by` is who changed it last."""

    code: str = ""
    quantity: str = ""
    remark: str = ""
    by: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is wanted in it."""
        return not (self.code.strip() or self.quantity.strip())

    @property
    def typed(self) -> tuple[str, str, str]:
        """What somebody typed, whoever it was."""
        return self.code, self.quantity, self.remark


def row_of(code: str, quantity: str = "", remark: str = "") -> PadRow:
    """A row as it came in, without what nobody sees: so two readings of one row are equal."""
    return PadRow(_cell(code), _cell(quantity), _cell(remark))


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
    return [PadRow(*(line.split("\t") + [""] * 3)[:4]) for line in lines]


def write_rows(rows: Sequence[PadRow]) -> str:
    """The rows as a draft keeps them; the empty ones are left out."""
    filled = ["\t".join(map(_cell, row)) for row in rows if not row.is_empty]
    return "\n".join([HEAD, *filled]) if filled else ""


def merge(rows: Sequence[PadRow], changes: Sequence[Change], *, by: str) -> Merged:
    """Put changes into the rows as they are now, each by itself.

    A row is looked for where it stood, then anywhere. One that is no longer there was changed by
    somebody else: theirs stays and ours is put beneath, so that nothing is lost and both are seen.
    A new row that stands there already is the same one, sent twice.
    """
    now: list[PadRow | None] = list(rows)
    places: list[int | None] = [None] * len(changes)
    where = _index(rows)

    def put(at: int, row: PadRow) -> None:
        now[at] = None if row.is_empty else PadRow(*row.typed, by)
        where.setdefault(row.typed, []).append(at)

    # First what still stands as it was read; only then is it known what is there besides.
    adrift = []
    for n, (place, before, after) in enumerate(changes):
        at = None if before.is_empty else _found(now, where, place, before)
        if at is None:
            if not after.is_empty and before.typed != after.typed:
                adrift.append(n)
            continue
        if before.typed != after.typed:
            put(at, after)
        places[n] = None if after.is_empty else at
    clashes = 0
    for n in adrift:
        place, before, after = changes[n]
        at = _found(now, where, place, after)
        if at is None:
            clashes += not before.is_empty
            at = len(now)
            now.append(None)
            put(at, after)
        places[n] = at
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


def _index(rows: Sequence[PadRow]) -> dict[tuple[str, str, str], list[int]]:
    where: dict[tuple[str, str, str], list[int]] = {}
    for at, row in enumerate(rows):
        where.setdefault(row.typed, []).append(at)
    return where


def _found(
    now: Sequence[PadRow | None],
    where: dict[tuple[str, str, str], list[int]],
    place: int,
    wanted: PadRow,
) -> int | None:
    """Where a row stands now that reads like this, best where it stood."""
    still = [at for at in where.get(wanted.typed, ()) if _reads(now[at], wanted)]
    return place if place in still else next(iter(still), None)


def _reads(row: PadRow | None, wanted: PadRow) -> bool:
    return row is not None and row.typed == wanted.typed


def _cell(text: str) -> str:
    return " ".join(seen(text).split())
