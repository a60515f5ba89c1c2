"""Pure decisions: whom a text names, and how long its writer may take it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

LONGEST = 4_000
"""Signs of one message."""
MOST_FILES = 10
"""Files of one message."""
TAKEN_BACK_WITHIN = timedelta(minutes=15)


def mentioned(text: str, people: Mapping[UUID, str]) -> list[UUID]:
    """The colleagues that a text names as @Name, whatever the case; of two that begin alike the
    longer name counts where it stands."""
    left, found = text.casefold(), set()
    for person, name in sorted(people.items(), key=lambda one: -len(one[1])):
        sign = f"@{name.casefold()}"
        if name and sign in left:
            found.add(person)
            left = left.replace(sign, " ")
    return sorted(found)


def may_take_back(said_at: datetime, at: datetime) -> bool:
    """Whether a message is young enough to be taken back."""
    return at - said_at <= TAKEN_BACK_WITHIN
