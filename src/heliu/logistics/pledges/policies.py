"""How much comes free, and what a pick-up code is."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

# Letters and digits that are not taken for one another, read aloud or written by hand.
ALPHABET = "234679ACDEFGHJKMNPQRTUVWXY"
CODE_LENGTH = 6


class Bound(NamedTuple):
    """Units of one row still bound, and what one of them is worth in minor units."""

    quantity: int
    unit_value: int


@dataclass(frozen=True)
class Share:
    """What comes free: units of each row, in the order of the rows, and their value together."""

    units: tuple[int, ...]
    value: int

    @property
    def quantity(self) -> int:
        """All units together."""
        return sum(self.units)


class Securing(Protocol):
    """What must be known of a pledge to say what comes free; `Pledge` has it."""

    @property
    def pledged_value(self) -> int: ...
    @property
    def released_value(self) -> int: ...
    @property
    def entitlement(self) -> int: ...


def comes_free(
    pledge: Securing, lines: Sequence[Bound], *, entitlement_value: int, all_of_it: bool
) -> tuple[int, Share]:
    """The value earned free in all, and what of the bound goods it frees now.

    `entitlement_value` is what all repayments so far have earned; `all_of_it`: nothing is owed any
    more. What was earned once stays earned.
    """
    value = pledge.pledged_value if all_of_it else min(entitlement_value, pledge.pledged_value)
    earned = max(pledge.entitlement, value)
    return earned, units_to_release(lines, entitlement=earned, released_value=pledge.released_value)


def units_to_release(lines: Sequence[Bound], *, entitlement: int, released_value: int) -> Share:
    """Whole units, oldest row first, whose value with what was released stays in the entitlement.

    What is left of the entitlement after a row goes to the next ones. Goods without a value (gifts)
    come free with the last of the goods that have one.
    """
    budget = entitlement - released_value
    everything = sum(line.quantity * line.unit_value for line in lines)
    if budget >= everything:
        return Share(tuple(line.quantity for line in lines), everything)
    units = []
    for line in lines:
        fits = min(line.quantity, max(budget, 0) // line.unit_value) if line.unit_value else 0
        budget -= fits * line.unit_value
        units.append(fits)
    return Share(tuple(units), sum(n * x.unit_value for n, x in zip(units, lines, strict=True)))


def taken_from[Kind](
    lines: Sequence[Bound], kinds: Sequence[Kind], wanted: Mapping[Kind, int]
) -> list[int]:
    """Which units of which row make up the wanted units of each kind, the oldest row first."""
    left = dict(wanted)
    units = []
    for line, kind in zip(lines, kinds, strict=True):
        units.append(min(line.quantity, left.get(kind, 0)))
        left[kind] = left.get(kind, 0) - units[-1]
    return units


def least_value_freeing(lines: Sequence[Bound], units: Sequence[int]) -> int:
    """The least value of goods by which `units_to_release` frees at least these units of each row.

    From the last row back: a row may give no more than is asked of it only while what the rows
    behind it need is less than one more of its units; else it goes as a whole.
    """
    everything = sum(line.quantity * line.unit_value for line in lines)
    if any(n and not line.unit_value for line, n in zip(lines, units, strict=True)):
        return everything
    value = 0
    for line, n in zip(reversed(lines), reversed(units), strict=True):
        if line.unit_value:
            is_enough = n < line.quantity and value < line.unit_value
            value += (n if is_enough else line.quantity) * line.unit_value
    return value


def value_up_to(lines: Sequence[Bound], units: Sequence[int]) -> int:
    """The value that frees these units whatever else is earned: all older rows go before them."""
    last = max((place for place, n in enumerate(units) if n), default=-1)
    whole = sum(line.quantity * line.unit_value for line in lines[: max(last, 0)])
    return whole + (units[last] * lines[last].unit_value if last >= 0 else 0)


def units_to_sell(rows: Sequence[tuple[UUID, Bound]], wanted: Mapping[UUID, int]) -> Share | None:
    """So many units of each kind of goods out of rows of (kind, what is bound), oldest row first;
    None where less is bound than is wanted."""
    kinds, lines = [kind for kind, _ in rows], [row for _, row in rows]
    bound: dict[UUID, int] = {}
    for kind, row in rows:
        bound[kind] = bound.get(kind, 0) + row.quantity
    if any(not 0 < n <= bound.get(kind, 0) for kind, n in wanted.items()):
        return None
    units = taken_from(lines, kinds, wanted)
    return Share(tuple(units), sum(n * row.unit_value for n, row in zip(units, lines, strict=True)))


def units_in_exchange(
    rows: Sequence[tuple[UUID, Bound]], wanted: Mapping[UUID, int], *, worth: int
) -> Share:
    """Of the units wanted of each kind, out of rows of (kind, what is bound), those that may leave
    for goods of this worth in minor units: whole ones that are bound, oldest row first."""
    kinds, lines = [kind for kind, _ in rows], [row for _, row in rows]
    units = taken_from(lines, kinds, wanted)
    asked = [Bound(n, row.unit_value) for n, row in zip(units, lines, strict=True)]
    return units_to_release(asked, entitlement=worth, released_value=0)


def fresh_code() -> str:
    """A new pick-up code as people read it: `7Q4 K29`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return f"{letters[:3]} {letters[3:]}"


def digest_of(code: str, secret: str) -> str:
    """What is kept of a code. Case, spaces and hyphens do not count."""
    plain = "".join(code.split()).replace("-", "").upper()
    return hmac.new(secret.encode(), f"pick-up:{plain}".encode(), hashlib.sha256).hexdigest()
