"""Which rows goods are taken from."""

from __future__ import annotations

from collections.abc import Sequence


def first_in_first_out(stock: Sequence[int], wanted: int) -> list[int] | None:
    """How much to take from each of the rows, oldest first; None when they hold too little."""
    taken = []
    for quantity in stock:
        take = min(quantity, wanted)
        taken.append(take)
        wanted -= take
    return taken if wanted == 0 else None
