"""Writing down how bills were paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.information.credit_file.models import PaymentExperience


@dataclass(frozen=True)
class Paid:
    """A bill that was paid; `amount` in fen."""

    buyer: UUID
    seller: UUID
    order_id: UUID
    order_number: str
    due_on: date
    paid_on: date
    amount: int


def note_payments(paid: Iterable[Paid], *, at: datetime) -> None:
    """Keep how these bills were paid; one that is known already stays as it is."""
    PaymentExperience.objects.bulk_create(
        [PaymentExperience(noted_at=at, **vars(one)) for one in paid], ignore_conflicts=True
    )
