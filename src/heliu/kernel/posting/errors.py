"""How the engine says no."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from heliu.kernel.errors import Forbidden, Invalid, Refused


class LimitShort(Refused):
    """A floor or ceiling would break, open holds counted. `short` is what is missing."""

    def __init__(self, account: int, key: str, short: int) -> None:
        super().__init__(
            "limit-short",
            "There is not enough room on %(key)s: %(short)s is missing.",
            help="Ask for less, or free what is held.",
            account=account,
            key=key,
            short=short,
        )
        self.account, self.key, self.short = account, key, short


class HoldGone(Refused):
    """The hold is not there, was let go, is due, or has less left than the line takes."""

    def __init__(self, hold: UUID) -> None:
        super().__init__(
            "hold-gone",
            "What was set aside is no longer there (%(hold)s).",
            help="Set it aside again.",
            hold=str(hold),
        )
        self.hold = hold


class DayClosed(Refused):
    """A line's day lies in what its chain has closed, up to and including `last`."""

    def __init__(self, org: UUID, last: date) -> None:
        super().__init__(
            "day-closed",
            "The books are closed up to %(last)s.",
            help="Book it on a later day, or open the period again.",
            last=last.isoformat(),
        )
        self.org, self.last = org, last


class KeyReused(Invalid):
    """The key of a journal, or the id of a hold, was used before with other content."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "key-reused",
            "The key %(key)s was used before with other content.",
            help="Send a new key with new content.",
            key=key,
        )
        self.key = key


class Unbalanced(Invalid):
    """The lines of a journal do not sum to zero per balance group and unit, or there are none."""

    def __init__(self, key: str) -> None:
        super().__init__("unbalanced", "The lines of %(key)s do not sum to zero.", key=key)
        self.key = key


class NotYours(Forbidden):
    """The journal, hold or account touches nothing of the organisations acted for."""

    def __init__(self, key: str) -> None:
        super().__init__("not-yours", "%(key)s touches nothing of yours.", key=key)
        self.key = key


class UnknownAccount(Invalid):
    """There is no such account, or it has no limit where one is needed (holds, limits)."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "account-unknown", "There is no account %(key)s that could do this.", key=key
        )
        self.key = key
