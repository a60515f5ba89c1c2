"""Reading prices: those that hold, and what was quoted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from heliu.capital.valuation.models import Price, Source
from heliu.capital.valuation.policies import Priced
from heliu.kernel.access.actor import Actor
from heliu.kernel.arrays import listed

LOOK_BACK = timedelta(days=60)
"""What was quoted before is stale by anybody's rules."""

type Newest = Mapping[tuple[UUID, UUID | None, bool], Price]


def visible_to(actor: Actor) -> QuerySet[Price]:
    """Prices of the market, and those the actor's house brought."""
    found = Price.objects.order_by("-quoted_at", "-id").select_related("sku")
    return found if actor.is_system else found.filter(Q(lender=None) | Q(lender__in=actor.orgs))


def newest(skus: Iterable[UUID], at: datetime) -> Newest:
    """The newest price of each of these goods by whose it is, and whether it is sound: one
    statement for any number of pools."""
    found = Price.objects.filter(
        sku__in=listed(skus), quoted_at__gt=at - LOOK_BACK, quoted_at__lte=at
    )
    order = ("sku", "lender", "is_confirmed")
    rows = found.order_by(*order, "-quoted_at", "-id").distinct(*order)
    return {(one.sku_id, one.lender, one.is_confirmed): one for one in rows}


def holding(found: Newest, skus: Iterable[UUID], lender: UUID) -> dict[UUID, Priced]:
    """Of what is newest, the price that holds for a lender's loans on each of these goods."""
    prices = {}
    for sku in set(skus):
        sound = _latest(found, sku, lender, is_confirmed=True)
        doubted = _latest(found, sku, lender, is_confirmed=False)
        if sound is not None:
            is_doubted = doubted is not None and doubted.quoted_at > sound.quoted_at
            prices[sku] = Priced(sound.amount, sound.quoted_at, sound.source, is_doubted)
    return prices


def prices_for(skus: Iterable[UUID], lender: UUID, at: datetime) -> dict[UUID, Priced]:
    """The price that holds for a lender's loans on each of these goods."""
    wanted = list(skus)
    return holding(newest(wanted, at), wanted, lender)


def source_words(source: str) -> str:
    """Where a price comes from, in the reader's language."""
    return str(Source(source).label)


def _latest(found: Newest, sku: UUID, lender: UUID, *, is_confirmed: bool) -> Price | None:
    both = [found.get((sku, whose, is_confirmed)) for whose in (None, lender)]
    return max((one for one in both if one), key=lambda one: one.quoted_at, default=None)
