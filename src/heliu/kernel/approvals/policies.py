"""Who has to agree to what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Level(NamedTuple):
    """So many people who hold a permission."""

    permission: str
    people: int = 1


@dataclass(frozen=True)
class Act:
    """Something that may need more than one person.

    `levels` hold where a house has no rules of its own; without any the act needs nobody else.
    `agreed_by` are the permissions whose holders a house's rule may ask, `days` is how long it may
    wait.
    """

    name: str
    levels: tuple[Level, ...] = ()
    agreed_by: tuple[str, ...] = ()
    days: int = 7


MOST_LEVELS = 3
MOST_PEOPLE = 5


class Ruled(NamedTuple):
    """A house's rule as far as it is needed here."""

    from_amount: int
    level: int
    permission: str
    people: int


def levels_for(act: Act, rules: Iterable[Ruled], amount: int) -> Sequence[Level]:
    """The levels an act of this amount (minor units) needs: of the highest amount that is reached,
    else the act's own. Rules that begin above the amount leave it to the act."""
    reached = [rule for rule in rules if rule.from_amount <= amount]
    if not reached:
        return act.levels
    highest = max(rule.from_amount for rule in reached)
    chosen = sorted(rule for rule in reached if rule.from_amount == highest)
    return [Level(rule.permission, rule.people) for rule in chosen]
