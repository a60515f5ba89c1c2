"""What the house bought of a seller before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Sum

from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor

MOST = 500


@dataclass(frozen=True)
class Bought:
    """How often, how much and when last an article was ordered."""

    orders: int
    pieces: int
    last: datetime


def bought_of(actor: Actor, seller: UUID, skus: list[UUID] | None = None) -> dict[UUID, Bought]:
    """By SKU, what was ordered last first; one statement."""
    lines = ordering.lines_visible_to(actor).filter(buyer__in=actor.orgs, seller=seller)
    if skus is not None:
        lines = lines.filter(sku__in=skus)
    found = (
        lines.exclude(order__status="CANCELLED")
        .order_by()
        .values_list("sku")
        .annotate(
            n=Count("order", distinct=True), pieces=Sum("quantity"), at=Max("order__placed_at")
        )
        .order_by("-at", "sku")[:MOST]
    )
    return {sku: Bought(n, pieces, at) for sku, n, pieces, at in found}
