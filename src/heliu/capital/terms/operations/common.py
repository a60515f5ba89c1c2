"""What every write of trade credit begins and ends with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from heliu.capital.books.entries import Entry, Event
from heliu.capital.terms.models import Invoice, Terms
from heliu.capital.terms.queries import open_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.money import Money

SYSTEM = Actor.system()


def locked_terms(seller: UUID, buyer: UUID, *, actor: Actor = SYSTEM, at: datetime) -> Terms:
    """The terms of a pair, with other writes to them waiting; made when there are none yet."""
    Terms.objects.bulk_create(
        [Terms(seller=seller, buyer=buyer, set_by_name=actor.name, set_at=at)],
        ignore_conflicts=True,
    )
    return Terms.objects.select_for_update().get(seller=seller, buyer=buyer)


def open_invoices(terms: Terms) -> QuerySet[Invoice]:
    """What the buyer still owes under these terms, the oldest first."""
    return open_of(Invoice.objects.filter(seller=terms.seller, buyer=terms.buyer))


def require_seller(actor: Actor, seller: UUID) -> None:
    """Raises `Forbidden` for whoever does not set this seller's terms."""
    if actor.is_system:
        return
    actor.require("terms")
    if seller not in actor.orgs:
        raise Forbidden("not-your-terms", "Only the seller sets its terms.")


def require_open(amount: int, left: int, invoice: Invoice) -> None:
    """Raises `Invalid` for an amount that is not above zero, `Refused` for more than is left."""
    if amount <= 0:
        raise Invalid("amount-not-positive", "An amount above zero is needed.", field="amount")
    if amount > left:
        raise Refused(
            "more-than-open",
            "Only %(left)s is open on %(number)s.",
            field="amount",
            left=str(Money(left)),
            number=invoice.number,
        )


def as_event(
    kind: str, key: object, subject: UUID, entries: Sequence[Entry], at: datetime,
    effective: date | None = None,
) -> Event:  # fmt: skip
    """A journal as the books take several at once; `key` is what it is posted for, once."""
    return Event(kind, f"{kind}:{key}", subject, effective or day_of(at), entries)


def say(fact: Fact, invoice: Invoice, *, actor: Actor, at: datetime) -> None:
    """Record a fact of an invoice for its two sides."""
    record(fact, actor=actor, at=at, audience=[invoice.seller, invoice.buyer], deal=invoice.deal)
