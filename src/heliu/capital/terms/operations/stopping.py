"""Orders on terms stop and pass: by hand, or as what is late says."""

from __future__ import annotations

from datetime import date, datetime

from heliu.capital.terms import policies
from heliu.capital.terms.events import OrdersPass, OrdersStopped
from heliu.capital.terms.models import LevelKind, Stop, Terms
from heliu.capital.terms.operations.common import open_invoices, require_seller
from heliu.capital.terms.policies import Late
from heliu.capital.terms.queries import ladder_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.parties import operations as parties


def stop_by_hand(terms: Terms, *, actor: Actor, at: datetime) -> None:
    """A person of the seller stops orders on terms, whatever is owed."""
    require_seller(actor, terms.seller)
    terms.passes_until = None
    _set_stop(terms, Stop.HAND, actor=actor, at=at)


def let_pass(terms: Terms, *, until: date, actor: Actor, at: datetime) -> None:
    """A person of the seller lets orders on terms pass until a day, although something is late."""
    require_seller(actor, terms.seller)
    terms.passes_until = until
    _set_stop(terms, "", actor=actor, at=at, until=until)


def review(terms: Terms, *, actor: Actor, at: datetime) -> None:
    """Stop orders on terms, or let them pass, as what is late now says."""
    stopping = [one.days for one in ladder_of(terms.seller) if one.kind != LevelKind.REMIND]
    from_level = min(stopping, default=None)
    today = day_of(at)
    late = [
        Late(
            one.due_on,
            one.left - one.disputed,
            from_level is not None and one.reminded is not None and one.reminded >= from_level,
        )
        for one in open_invoices(terms).filter(due_on__lt=today)
    ]
    if (stop := policies.stop_of(terms, late, today)) != terms.stop:
        _set_stop(terms, stop, actor=actor, at=at)


def _set_stop(
    terms: Terms, stop: str, *, actor: Actor, at: datetime, until: date | None = None
) -> None:
    was, terms.stop = terms.stop, stop
    terms.stopped_on = day_of(at) if stop else None
    terms.save(update_fields=["stop", "stopped_on", "passes_until"])
    parties.stop_terms(buyer=terms.buyer, seller=terms.seller, reason=stop)
    if stop == was:
        return
    fact: Fact = (
        OrdersStopped(subject=terms.id, reason=stop)
        if stop
        else OrdersPass(subject=terms.id, until=until.isoformat() if until else "")
    )
    record(fact, actor=actor, at=at, audience=[terms.seller, terms.buyer])
