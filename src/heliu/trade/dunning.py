"""The turn of the day for what is owed on terms: what falls late, the next step of each seller's
ladder, orders that stop or pass again.

Pair by pair, a transaction each; what was done is written down with it, so a run that was cut off
is gone on with by running it again.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from heliu.capital.terms import queries
from heliu.capital.terms.models import LevelKind, Reminder, Stop
from heliu.capital.terms.operations import reminding
from heliu.capital.terms.operations.common import locked_terms
from heliu.kernel.clock import day_of
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.money import Money
from heliu.kernel.parties.queries import names
from heliu.trade.receivables import owed_by, owed_to

BEFORE = "terms-due"
AFTER = {
    LevelKind.REMIND: "terms-late",
    LevelKind.STOP: "terms-late-stopped",
    LevelKind.CLAIM: "terms-claimed",
}


def dun(*, at: datetime) -> int:
    """Bring every pair up to today that the day changes; returns how many reminders were sent."""
    sent = 0
    for seller, buyer in queries.to_look_at(day_of(at)):
        with transaction.atomic():
            sent += _look_at(seller, buyer, at=at)
    return sent


def _look_at(seller: UUID, buyer: UUID, *, at: datetime) -> bool:
    found = locked_terms(seller, buyer, at=at)
    was = found.stop
    reminder = reminding.bring_up(found, at=at)
    if reminder is not None:
        _remind(reminder, at=at)
    if found.stop == Stop.OVERDUE != was:
        _tell_stopped(seller, buyer, at=at)
    return reminder is not None


def _remind(reminder: Reminder, *, at: datetime) -> None:
    """A letter to the buyer; before the due day, friendly."""
    kind = BEFORE if reminder.days <= 0 else AFTER[LevelKind(reminder.kind)]
    params: dict[str, Parameter] = {
        "amount": Money(reminder.amount),
        "due": reminder.oldest_due.isoformat(),
        "seller": names([reminder.seller])[reminder.seller],
    }
    tell(reminder.buyer, kind, params, link=owed_to(reminder.seller), at=at)


def _tell_stopped(seller: UUID, buyer: UUID, *, at: datetime) -> None:
    """The seller hears that a buyer orders nothing on terms any more."""
    params: dict[str, Parameter] = {"buyer": names([buyer])[buyer]}
    tell(seller, "terms-stopped", params, link=owed_by(buyer), at=at)
