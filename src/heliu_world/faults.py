"""What may go wrong in a simulation, drawn from the seed: named, counted, never by surprise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import OperationalError, connection

from heliu.kernel.errors import Invalid

# name: how often, in a hundred chances for it. Chances come once for each payment of a deal (bank),
# filing of a deal (registry; claims: deal), act (clients, processes), count (goods), sweep, or day
# (the bank's door and statement, the close, jumps).
CHANCES = {
    # The bank.
    "bank-rejects": 5,
    "bank-late": 6,
    "bank-doubled": 6,
    "bank-lost": 5,
    "bank-lost-unbooked": 5,
    "bank-reordered": 6,
    "bank-early": 5,
    "notice-repeated": 30,
    "notice-contradicts": 12,
    "notice-unknown": 12,
    "notice-forged": 12,
    "statement-misses": 15,
    "statement-differs": 15,
    "statement-doubles": 15,
    "statement-adds": 15,
    "transfer-recalled": 25,
    # The registry of movables.
    "registry-refuses": 4,
    "registry-slow": 6,
    "registry-lost": 5,
    "registry-lost-unfiled": 5,
    "registry-claims": 4,
    # The tax authority, for each time the worker hands invoices over.
    "tax-refuses": 12,
    "tax-slow": 12,
    "tax-lost": 12,
    # Time.
    "back-dated": 3,
    "clock-jump": 6,
    "clock-skewed": 4,
    "close-skipped": 12,
    "sweeper-down": 10,
    # Goods.
    "goods-short": 30,
    "goods-damaged": 25,
    # Clients.
    "client-repeats": 12,
    "client-changes": 6,
    "stranger-tries": 5,
    # Processes.
    "call-lost": 8,
    "act-aborted": 8,
    "act-undone": 4,
    "worker-aborted": 8,
    "worker-died": 6,
    "worker-died-after-sending": 5,
}
# What the sandbox bank calls the faults it is told to have.
AT_THE_BANK = {
    "bank-rejects": "reject",
    "bank-late": "delay",
    "bank-doubled": "duplicate",
    "bank-lost": "lost",
    "bank-lost-unbooked": "lost_unbooked",
    "bank-reordered": "out_of_order",
    "bank-early": "early",
    "back-dated": "delay",
}
# What the sandbox registry calls them.
AT_THE_REGISTRY = {
    "registry-refuses": "refuse",
    "registry-slow": "slow",
    "registry-lost": "lost",
    "registry-lost-unfiled": "lost_unfiled",
}
# What the sandbox tax authority calls them.
AT_THE_TAX = {"tax-refuses": "refuse", "tax-slow": "slow", "tax-lost": "lost"}
LONG = (6, 25, 100)  # statements, of small, middling and large transactions


class Torn(OperationalError):
    """The connection was lost in the middle of a transaction."""


class Died(BaseException):
    """The process was killed: nothing after this is run, not even what handles errors."""


@dataclass
class Faults:
    """The faults of one run: which may happen, and how often each did."""

    random: Random
    allowed: frozenset[str]
    fired: Counter[str] = field(default_factory=Counter)
    is_over: bool = False

    def draw(self, name: str) -> bool:
        """Whether this fault happens now. The same number of draws, whatever is allowed."""
        hit = self.random.randrange(100) < CHANCES[name]
        return hit and name in self.allowed and not self.is_over

    def note(self, name: str) -> None:
        """It happened."""
        self.fired[name] += 1

    def happens(self, name: str) -> bool:
        """Draw it, and note it when it does."""
        if found := self.draw(name):
            self.note(name)
        return found

    @contextmanager
    def tearing(self, name: str, error: Callable[[], BaseException]) -> Iterator[None]:
        """Perhaps tear the transactions of the block at a statement drawn beforehand."""
        is_due, left = self.draw(name), self.random.randint(1, self.random.choice(LONG))

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal left
            left -= 1
            if is_due and left == 0:
                self.note(name)
                raise error()
            if is_due and left < 0 and connection.needs_rollback:
                # Django keeps to itself that it could not go back to a savepoint; what is lost
                # stays lost until the transaction has ended.
                raise error()
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(count):
                yield
        except Exception as broke:
            if is_due and left <= 0 and not isinstance(broke, type(torn := error())):
                raise torn from broke  # a library has wrapped what it met
            raise


def chosen(names: str) -> frozenset[str]:
    """The faults of `all`, `none`, or a list with commas. Raises `Invalid` for an unknown one."""
    match names:
        case "all":
            return frozenset(CHANCES)
        case "none":
            return frozenset()
    wanted = _split(names)
    if unknown := sorted(wanted - set(CHANCES)):
        raise Invalid(
            "fault-unknown",
            "There is no fault %(name)s.",
            help="There is: %(known)s.",
            name=unknown[0],
            known=", ".join(CHANCES),
        )
    return frozenset(wanted)


def _split(names: str) -> set[str]:
    parts: Iterable[str] = (part.strip() for part in names.split(","))
    return {part for part in parts if part}
