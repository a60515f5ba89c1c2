"""Which rows goods are taken from, and how pieces are named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

UNNAMED = "UNNAMED"
"""The lot of pieces that were there before their article was told apart (`sql/marks_begin.sql`)."""


class Marked(NamedTuple):
    """So many pieces of a lot, or the one of a serial number, as whoever handles goods names them;
    a lot that comes in may be good until a day."""

    code: str
    quantity: int = 1
    good_until: date | None = None


def first_in_first_out(stock: Sequence[int], wanted: int) -> list[int] | None:
    """How much to take from each of the rows, oldest first; None when they hold too little."""
    taken = []
    for quantity in stock:
        take = min(quantity, wanted)
        taken.append(take)
        wanted -= take
    return taken if wanted == 0 else None
