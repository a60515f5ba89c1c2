"""How the sandbox bank decides, in the product's own database or in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from heliu.capital.bank.notices import Notice
from heliu.capital.bank.port import BankStatement, Order, Outcome, StatementEntry
from heliu.kernel.clock import ZONE
from heliu.kernel.ids import new_id

# ISO 20022 reason codes.
NO_FUNDS, CLOSED_ACCOUNT, WRONG_ACCOUNT = "AM04", "AC04", "AC01"
LATER = timedelta(hours=1)


class FaultKind(TextChoices):
    """What may go wrong at a bank."""

    DELAY = "delay", _("The notice comes later")
    REJECT = "reject", _("The payment is rejected")
    DUPLICATE = "duplicate", _("The notice comes twice")
    LOST = "lost", _("Booked, but the answer is lost")
    LOST_UNBOOKED = "lost_unbooked", _("Not booked, and the answer is lost")
    OUT_OF_ORDER = "out_of_order", _("A later notice comes first")
    EARLY = "early", _("The notice comes before the answer")


class Holding(Protocol):
    """An account as far as it decides whether it may pay or be paid; unbounded ones may always."""

    @property
    def is_bounded(self) -> bool: ...
    @property
    def is_closed(self) -> bool: ...
    @property
    def balance(self) -> int: ...


@dataclass(frozen=True)
class Plan:
    """What shall happen to an order; `kind` is empty on a good day."""

    kind: str = ""
    reason: str = ""
    delay: timedelta = timedelta()

    @property
    def is_seen(self) -> bool:
        """Whether the bank takes the order at all."""
        return self.kind != FaultKind.LOST_UNBOOKED

    @property
    def is_answered(self) -> bool:
        """Whether whoever hands the order over hears of it."""
        return self.kind not in (FaultKind.LOST, FaultKind.LOST_UNBOOKED)

    @property
    def is_early(self) -> bool:
        """Whether the notice overtakes the answer."""
        return self.kind == FaultKind.EARLY

    def refusal(self, source: Holding | None, target: Holding | None, amount: int) -> str:
        """The reason why the money does not move, or ''."""
        if self.kind == FaultKind.REJECT:
            return self.reason
        if source is None or target is None:
            return WRONG_ACCOUNT
        if source.is_closed or target.is_closed:
            return CLOSED_ACCOUNT
        if source.is_bounded and source.balance < amount:
            return NO_FUNDS
        return ""

    def deliveries(self, at: datetime) -> list[Delivery]:
        """When and how often the notice of an order comes."""
        is_delayed = self.kind in (FaultKind.DELAY, FaultKind.LOST)
        copies = 2 if self.kind == FaultKind.DUPLICATE else 1
        due = at + self.delay if is_delayed else at
        return [Delivery(due, self.kind == FaultKind.OUT_OF_ORDER)] * copies


@dataclass(frozen=True)
class Delivery:
    """One coming of a notice. `is_late` lets those that came after it pass."""

    due_at: datetime
    is_late: bool


def notice_of(order: Order, reason: str, at: datetime) -> Notice:
    """What the bank says of an order it has booked, or rejected for a reason."""
    return Notice(
        id=f"sandbox-{order.id}",
        instruction=order.id,
        outcome=Outcome.REJECTED if reason else Outcome.BOOKED,
        amount=order.amount,
        booked_at=at,
        reason=reason,
    )


def reference(instruction: UUID) -> str:
    """The bank's own number for an order."""
    return f"SB{instruction.hex[-12:].upper()}"


def new_number() -> str:
    """The number of a new account."""
    return f"6228{new_id().int % 10**15:015d}"


def span(day: date) -> tuple[datetime, datetime]:
    """When a business day begins and when the next one does."""
    start = datetime.combine(day, time(), ZONE)
    return start, start + timedelta(days=1)


def statement(
    number: str, day: date, opening: int, entries: Sequence[StatementEntry]
) -> BankStatement:
    """An account's day: it closes with what it opened with and all that was booked."""
    closing = opening + sum(entry.amount for entry in entries)
    return BankStatement(number, day, opening, tuple(entries), closing)
