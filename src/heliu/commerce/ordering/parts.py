"""A line that is wished in parts: how much of it by which day. Pure.

Whatever leaves is of the earliest part, whatever is struck of the latest, so nothing needs to be
kept of which part a piece belonged to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from heliu.kernel.errors import Invalid

MOST_PARTS = 24


class Part(NamedTuple):
    """So many pieces (smallest units) by this day; None: as soon as can be."""

    wanted_on: date | None
    quantity: int


class Split(Protocol):
    """A line as far as its parts are asked."""

    @property
    def quantity(self) -> int: ...
    @property
    def shipped(self) -> int: ...
    @property
    def cancelled(self) -> int: ...
    @property
    def wanted_on(self) -> date | None: ...
    @property
    def parts(self) -> Sequence[Mapping[str, Any]] | None: ...


def parted(wished: Iterable[Part], quantity: int, order_day: date | None) -> tuple[Part, ...]:
    """The parts of a line by day, the earliest first; one without a day of its own is wished when
    the order is.

    Raises `Invalid` for a part of nothing, for more than `MOST_PARTS` days, for parts that are not
    all of the line.
    """
    by_day: dict[date | None, int] = {}
    for part in wished:
        if part.quantity < 1:
            raise Invalid("part-empty", "A part of a line is one piece or more.", field="lines")
        day = part.wanted_on or order_day
        by_day[day] = by_day.get(day, 0) + part.quantity
    if sum(by_day.values()) != quantity:
        raise Invalid("parts-differ", "The parts of a line add up to it.", field="lines")
    if len(by_day) > MOST_PARTS:
        raise Invalid(
            "parts-many", "A line is split over %(most)s days at most.", field="lines",
            most=MOST_PARTS,
        )  # fmt: skip
    return tuple(Part(day, by_day[day]) for day in sorted(by_day, key=_first_to_last))


def fitted(parts: Sequence[Part], quantity: int) -> tuple[Part, ...]:
    """The parts of a line that becomes larger or smaller: the last ones give, or take."""
    if not parts:
        return ()
    kept, left = [], quantity
    for part in parts:
        if left <= 0:
            break
        kept.append(part._replace(quantity=min(part.quantity, left)))
        left -= part.quantity
    if left > 0:
        kept[-1] = kept[-1]._replace(quantity=kept[-1].quantity + left)
    return tuple(kept)


def evenly(quantity: int, pack: int, days: Sequence[date | None]) -> tuple[Part, ...]:
    """A line over these days in whole packs, as alike as may be, the larger parts first; where
    there are fewer packs than days the last days have none."""
    whole, more = divmod(quantity // pack, len(days))
    counts = [(whole + (n < more)) * pack for n in range(len(days))]
    counts[0] += quantity % pack
    return tuple(Part(day, n) for day, n in zip(days, counts, strict=True) if n)


def divided(parts: Sequence[Part], quantities: Sequence[int]) -> list[tuple[Part, ...]]:
    """The parts of a line that becomes several: the earliest go to the first of them."""
    begin, found = 0, []
    for quantity in quantities:
        end, at, here = begin + quantity, 0, []
        for part in parts:
            n = min(end, at + part.quantity) - max(begin, at)
            at += part.quantity
            if n > 0:
                here.append(part._replace(quantity=n))
        found.append(tuple(here))
        begin = end
    return found


def still_open(line: Split) -> list[Part]:
    """What of a line is still to be sent, by day, the earliest first."""
    parts = read(line.parts) or (Part(line.wanted_on, line.quantity),)
    end, found = 0, []
    for part in parts:
        begin, end = end, end + part.quantity
        left = min(end, line.quantity - line.cancelled) - max(begin, line.shipped)
        if left > 0:
            found.append(part._replace(quantity=left))
    return found


def kept(parts: Sequence[Part], *, least: int = 2) -> list[dict[str, Any]] | None:
    """As a row keeps them; one part is none, where it is not said otherwise."""
    if len(parts) < least:
        return None
    return [
        {"on": part.wanted_on.isoformat() if part.wanted_on else None, "quantity": part.quantity}
        for part in parts
    ]


def read(told: Sequence[Mapping[str, Any]] | None) -> tuple[Part, ...]:
    """As a row keeps them; nothing of a line that is not split."""
    return tuple(
        Part(date.fromisoformat(one["on"]) if one["on"] else None, one["quantity"])
        for one in told or ()
    )


def _first_to_last(day: date | None) -> date:
    return day or date.min
