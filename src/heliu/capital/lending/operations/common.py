"""What every operation on a loan begins and ends with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from heliu.capital.books import operations as books
from heliu.capital.books.entries import Entry, Event
from heliu.capital.lending.models import LOAN_MOVES, Loan
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.states import move

SYSTEM = Actor.system()


def lock(loan: Loan) -> None:
    """Read the loan again and keep others from it until the transaction ends."""
    try:
        loan.refresh_from_db(from_queryset=Loan.objects.select_for_update())
    except Loan.DoesNotExist:
        raise NotFound() from None


def step(loan: Loan, target: str, **also: object) -> None:
    """Move the loan by its table."""
    move(loan, target, moves=LOAN_MOVES, **also)


def save(loan: Loan, **fields: object) -> None:
    """Change fields of a locked loan, and nothing else."""
    for name, value in fields.items():
        setattr(loan, name, value)
    loan.save(update_fields=list(fields))


def event(
    loan: Loan, kind: str, entries: Sequence[Entry], *, effective: date, key: str = ""
) -> Event:
    """One event of the loan for the books, known by its kind and key."""
    name = ":".join(part for part in ("loan", str(loan.id), kind, key) if part)
    return Event(kind, name, loan.id, effective, entries)


def post(
    loan: Loan,
    kind: str,
    entries: Sequence[Entry],
    *,
    effective: date,
    at: datetime,
    key: str = "",
) -> None:
    """Write one event of the loan into the books, once per kind and key; nothing is not written."""
    if entries:
        books.post_all([event(loan, kind, entries, effective=effective, key=key)], at=at)


def tell(
    loan: Loan, fact: Fact, *, actor: Actor, at: datetime, also: Iterable[UUID | None] = ()
) -> None:
    """Record a fact for borrower and lender, and for whomever else it concerns."""
    others = [org for org in also if org is not None]
    record(fact, actor=actor, at=at, audience=[loan.borrower, loan.lender, *others], deal=loan.deal)
