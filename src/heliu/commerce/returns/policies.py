"""Pure decisions: what a return is worth, and what the warehouse may say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol


class Judged(NamedTuple):
    """What a warehouse found of one line: how much came good, damaged, and what of it counts."""

    position: int
    good: int
    damaged: int
    accepted: int


class Line(Protocol):
    """A line of a return as far as it is judged."""

    position: int
    quantity: int
    unit_price: int


def value(lines: Iterable[tuple[int, int]]) -> int:
    """The price of (quantity, unit price) in fen."""
    return sum(quantity * price for quantity, price in lines)


def fits(line: Line, judged: Judged) -> bool:
    """Whether a judgement can be: no more came than was sent, no more counts than came."""
    came = judged.good + judged.damaged
    return (
        min(judged.good, judged.damaged, judged.accepted) >= 0
        and came <= line.quantity
        and judged.accepted <= came
    )


def worth(lines: Sequence[Line], judged: Sequence[Judged]) -> int:
    """What the buyer gets for what was accepted, in fen."""
    prices = {line.position: line.unit_price for line in lines}
    return value((one.accepted, prices[one.position]) for one in judged)
