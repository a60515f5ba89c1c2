"""How much comes free, and what a pick-up code is."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
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


def units_to_sell(rows: Sequence[tuple[UUID, Bound]], wanted: Mapping[UUID, int]) -> Share | None:
    """So many units of each kind of goods out of rows of (kind, what is bound), oldest row first;
    None where less is bound than is wanted."""
    left = dict(wanted)
    units = []
    for kind, row in rows:
        taken = min(row.quantity, left.get(kind, 0))
        units.append(taken)
        left[kind] = left.get(kind, 0) - taken
    if any(left.values()) or any(quantity <= 0 for quantity in wanted.values()):
        return None
    pairs = zip(units, rows, strict=True)
    return Share(tuple(units), sum(n * row.unit_value for n, (_, row) in pairs))


def fresh_code() -> str:
    """A new pick-up code as people read it: `7Q4 K29`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return f"{letters[:3]} {letters[3:]}"


def digest_of(code: str, secret: str) -> str:
    """What is kept of a code. Case, spaces and hyphens do not count."""
    plain = "".join(code.split()).replace("-", "").upper()
    return hmac.new(secret.encode(), f"pick-up:{plain}".encode(), hashlib.sha256).hexdigest()
