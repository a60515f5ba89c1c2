"""What happens to accounts at a bank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class AccountFrozen(Fact):
    """A supervised account is frozen: money may come in, none goes out."""

    name: ClassVar[str] = "capital.account-frozen"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    account: str
    authority: str
    paper: str


@dataclass(frozen=True, kw_only=True)
class AccountFreed(Fact):
    """A freeze was lifted; `is_free` where no other one holds the account."""

    name: ClassVar[str] = "capital.account-freed"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    account: str
    paper: str
    is_free: bool


@dataclass(frozen=True, kw_only=True)
class PaymentsStopped(Fact):
    """A payment of a deal is not sent: the account it passes is frozen."""

    name: ClassVar[str] = "capital.payments-stopped"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    payment: str


@dataclass(frozen=True, kw_only=True)
class PaymentsFreed(Fact):
    """The freeze for which payments of a deal waited is lifted."""

    name: ClassVar[str] = "capital.payments-freed"
    flows: ClassVar[tuple[str, ...]] = ("capital",)
