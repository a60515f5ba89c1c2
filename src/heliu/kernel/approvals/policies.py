"""Who has to agree to what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Self
from uuid import UUID


class Level(NamedTuple):
    """So many people who hold a permission; with `persons` so many of these, whatever they hold.

    All people of one level are asked at once, levels one after the other. After `hours` without an
    end those who manage the house may speak in their place.
    """

    permission: str
    people: int = 1
    persons: tuple[UUID, ...] = ()
    hours: int = 0

    @classmethod
    def read(cls, kept: Sequence[Any]) -> Self:
        """A level as an approval keeps it."""
        permission, people, persons, hours = [*kept, *((), 0)[len(kept) - 2 :]][:4]
        return cls(permission, people, tuple(UUID(one) for one in persons), hours)

    def kept(self) -> list[Any]:
        """The level as an approval keeps it."""
        plain: list[Any] = [self.permission, self.people]
        if self.persons or self.hours:
            plain += [[str(one) for one in self.persons], self.hours]
        return plain


class Measure(StrEnum):
    """What a house's rules for an act begin from: so many minor units, or so many hundredths of a
    per cent."""

    AMOUNT = "AMOUNT"
    SHARE = "SHARE"


@dataclass(frozen=True)
class Act:
    """Something that may need more than one person.

    `levels` hold where a house has no rules of its own; without any the act needs nobody else.
    `agreed_by` are the permissions whose holders a house's rule may ask, `days` is how long it may
    wait. `measure` is what its rules begin from.
    """

    name: str
    levels: tuple[Level, ...] = ()
    agreed_by: tuple[str, ...] = ()
    days: int = 7
    measure: Measure = Measure.AMOUNT


MOST_LEVELS = 3
MOST_PEOPLE = 5
MOST_HOURS = 24 * 30
WHOLE = 100_00  # the whole of a share, in hundredths of a per cent
STEPS_IN = "manage"  # who holds it may speak where a level has waited too long


class Ruled(NamedTuple):
    """A house's rule as far as it is needed here."""

    from_amount: int
    level: int
    permission: str
    people: int


def levels_for(act: Act, rules: Iterable[Ruled], amount: int) -> Sequence[Level]:
    """The levels an act of this amount (by its measure) needs: of the highest that is reached, else
    the act's own. Rules that begin above the amount leave it to the act."""
    reached = [rule for rule in rules if rule.from_amount <= amount]
    if not reached:
        return act.levels
    highest = max(rule.from_amount for rule in reached)
    chosen = sorted(rule for rule in reached if rule.from_amount == highest)
    return [Level(rule.permission, rule.people) for rule in chosen]
