"""What the platform asks of the registry of movables; every registry is an adapter behind this.

One call: a filing has a stable id and is answered at once, later, or not at all. Who does not know
the answer hands the same filing over again: an adapter acts on one id at most once and gives its
first answer again. See docs/decisions/0011-registry-behind-a-port.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from importlib import import_module
from typing import Protocol
from uuid import UUID

from django.conf import settings


class RegistryTimeout(Exception):
    """The registry did not answer: what became of the filing is unknown."""


class Outcome(StrEnum):
    """What the registry says to a filing."""

    DONE = "DONE"
    REFUSED = "REFUSED"
    PENDING = "PENDING"


@dataclass(frozen=True)
class Entry:
    """What stands in the register about one claim.

    `goods` are the kinds of goods it names, by code; none means all movables of the debtor. `lot`
    is the document by which it names certain goods among their kind; without one it is any of them.
    """

    number: str
    secured: str
    goods: tuple[str, ...]
    lot: str
    content: str
    amount: int
    registered_on: date
    expires_on: date


@dataclass(frozen=True)
class Handed:
    """A filing as the registry needs it; amounts in minor units.

    `number` is the entry that is amended or struck off, `until` the day a claim is entered to. An
    amendment that names `goods` puts these, with their `content`, in place of those of the entry;
    one that names none moves its end.
    """

    id: UUID
    kind: str
    debtor: UUID
    secured: str
    deal: UUID | None = None
    goods: tuple[str, ...] = ()
    lot: str = ""
    content: str = ""
    amount: int = 0
    number: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Answer:
    """What the registry says: the entry's `number`, why not, or the live entries it `found`."""

    outcome: Outcome
    number: str = ""
    reason: str = ""
    found: tuple[Entry, ...] = field(default=())


class Registry(Protocol):
    """A registry as the platform uses it."""

    def submit(self, filing: Handed, at: datetime) -> Answer:
        """Hand a filing over; the same id again gives the first answer. May time out."""


def current_registry() -> Registry:
    """The registry this installation files with: its package's `adapter.connect()`."""
    registry: Registry = import_module(f"{settings.HELIU_REGISTRY}.adapter").connect()
    return registry
