"""A contract as both its sides see it: what it says, what it would say, how far its promise is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.portal.shell.records import Goods
from heliu.portal.ui.parts import Pill


@dataclass(frozen=True)
class Step:
    """What one piece costs from a quantity on, now and with the change that is asked for (minor
    units; None: no price)."""

    sku: Goods
    quantity: int
    now: int | None
    then: int | None

    @property
    def changes(self) -> str:
        """Whether it rises, falls or neither."""
        if self.now == self.then:
            return ""
        return "down" if self.now and self.then is not None and self.then < self.now else "up"


@dataclass(frozen=True)
class Shown:
    """A contract with its state, its steps, what was taken, and the change that waits."""

    contract: Any
    seller: Any
    buyer: Any
    state: Pill
    pieces: int
    amount: int
    change: Any
    steps: Sequence[Step]
    currency: str

    @property
    def amount_share(self) -> int:
        """How much of the promised amount is taken, in whole per cent, 100 at most."""
        return _share(self.amount, self.contract.committed)

    @property
    def pieces_share(self) -> int:
        """How many of the promised pieces are taken, in whole per cent, 100 at most."""
        return _share(self.pieces, self.contract.committed_quantity)


def shown(contracts: Sequence[Any], at: datetime) -> list[Shown]:
    """Contracts the reader may see, each whole; a statement or two for each."""
    taken = pricing.taken_under(contracts)
    houses = names(org for one in contracts for org in (one.buyer, one.seller))
    found = []
    for one in contracts:
        change = one.changes.filter(state="ASKED").first()
        steps = pricing.steps_of(one, at, change.version_id if change else None)
        goods = pricing.goods_in(steps)
        pieces, amount = taken.get(one.pk, (0, 0))
        found.append(
            Shown(
                contract=one,
                seller=houses.get(one.seller),
                buyer=houses.get(one.buyer),
                state=state_of(one, at),
                pieces=pieces,
                amount=amount,
                change=change,
                steps=[
                    Step(goods[sku], quantity, now, then)
                    for sku, quantity, now, then in steps
                    if sku in goods
                ],
                currency=one.currency,
            )
        )
    return found


def offers_waiting(actor: Actor) -> QuerySet[Any]:
    """The contracts offered to the actor's house that wait for its word."""
    mine = pricing.contracts_visible_to(actor).filter(buyer__in=actor.orgs)
    return mine.filter(is_offer=True, refused_at=None)


def changes_waiting(actor: Actor) -> QuerySet[Any]:
    """The changes of its contracts that wait for the actor's house as the buyer."""
    return pricing.changes_visible_to(actor).filter(buyer__in=actor.orgs, state="ASKED")


def state_of(one: Any, at: datetime) -> Pill:
    """In which state a contract is."""
    today = day_of(at)
    if one.refused_at is not None:
        return Pill(_("Refused"), "quiet")
    if one.is_offer:
        return Pill(_("Offered"), "due")
    if today < one.valid_from:
        return Pill(_("To come"), "moving")
    return Pill(_("Holds"), "good") if today <= one.valid_to else Pill(_("Ended"), "quiet")


def _share(part: int, whole: int | None) -> int:
    return min(part * 100 // whole, 100) if whole else 0
