"""Reading prices and price lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from heliu.commerce.pricing.models import ListPrice, PriceList, PriceListBuyer
from heliu.kernel.access.actor import Actor

RESOLVE = """
select pair, sku, unit_price, list_code, tier_from, currency, tiers_from, tiers_price
  from pricing_resolve(%s::uuid[], %s::uuid[], %s::int[], %s::uuid[], %s::bigint[], %s, true)
"""


@dataclass(frozen=True)
class Price:
    """What one smallest unit costs (minor units), by which list, and from which quantity.

    `tiers` are all (quantity from, unit price) of that list on that day, lowest quantity first.
    """

    unit_price: int
    list_code: str
    tier_from: int
    currency: str
    tiers: tuple[tuple[int, int], ...]


def resolve(
    *, buyer: UUID, seller: UUID, wanted: Sequence[tuple[UUID, int]], on: date
) -> dict[UUID, Price | None]:
    """The price of each wanted (SKU, quantity) for a buyer on a day; None where there is none.

    The buyer's own lists decide in order of priority, the seller's default list last; within the
    list the highest tier that the quantity reaches. A SKU wanted twice is priced for the sum.
    One statement. Strangers to buyer and seller, and pairs that do not trade, get no price.
    """
    prices: dict[UUID, Price | None] = dict.fromkeys((sku for sku, _ in wanted), None)
    with connection.cursor() as cursor:
        skus, quantities = [sku for sku, _ in wanted], [quantity for _, quantity in wanted]
        ones = [1] * len(skus)
        cursor.execute(RESOLVE, [[buyer], [seller], ones, skus, quantities, on])
        for _, sku, *rest in cursor.fetchall():
            prices[sku] = price_of(rest)
    return prices


def price_of(row: Sequence[Any]) -> Price:
    """A row of `RESOLVE`, without the pair and the SKU."""
    unit_price, code, tier_from, currency, froms, amounts = row
    return Price(unit_price, code, tier_from, currency, tuple(zip(froms, amounts, strict=True)))


def lists_visible_to(actor: Actor) -> QuerySet[PriceList]:
    """The price lists of the actor's organisations as sellers."""
    if actor.is_system:
        return PriceList.objects.all()
    return PriceList.objects.filter(seller__in=actor.orgs)


def assignments_visible_to(actor: Actor) -> QuerySet[PriceListBuyer]:
    """For whom the visible price lists hold."""
    if actor.is_system:
        return PriceListBuyer.objects.all()
    return PriceListBuyer.objects.filter(seller__in=actor.orgs)


def prices_visible_to(actor: Actor) -> QuerySet[ListPrice]:
    """The prices in the visible lists."""
    if actor.is_system:
        return ListPrice.objects.all()
    return ListPrice.objects.filter(seller__in=actor.orgs)
