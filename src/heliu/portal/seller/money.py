"""The seller's money: what came today, what goes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from heliu.capital.bank import queries as bank
from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import ZONE
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties.queries import names
from heliu.logistics.warehousing import queries as warehousing
from heliu.trade import deals


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that came for an order: from the bank, or by the buyer's own transfer."""

    number: str
    href: str
    buyer: str
    minor: int
    at: datetime
    is_financed: bool
    currency: str = CURRENCY


def arrived_on(actor: Actor, day: date) -> list[Arrival]:
    """What came on a day, deal by deal, the newest first; amounts in minor units.

    A transfer counts on the day on which the seller confirmed that it had come.
    """
    paid = bank.visible_to(actor).filter(
        payee__in=actor.orgs, purpose="SELLER_PAYMENT", status="BOOKED", booked_on=day
    )
    by_deal = {payment.deal: payment for payment in paid}
    midnight = datetime.combine(day, time(), ZONE)
    transfers = ordering.filtered(actor, side="seller", pay_by="TRANSFER").filter(
        confirmed_at__gte=midnight, confirmed_at__lt=midnight + timedelta(days=1)
    )
    by_order = {order.pk: order for order in transfers}
    mine = deals.visible_to(actor)
    found = [*mine.filter(pk__in=by_deal), *mine.filter(order_id__in=by_order)]
    orders = ordering.visible_to(actor).in_bulk([deal.order_id for deal in found])
    houses = names(deal.buyer for deal in found)
    arrivals = [
        _arrival(deal, orders.get(deal.order_id), houses, by_deal.get(deal.pk)) for deal in found
    ]
    return sorted(arrivals, key=lambda one: one.at, reverse=True)


def _arrival(deal: Any, order: Any, houses: dict[UUID, Any], payment: Any) -> Arrival:
    house = houses.get(deal.buyer)
    return Arrival(
        number=order.number if order else deal.number,
        href=reverse("deal", args=[deal.number]),
        buyer=house.short if house else "",
        minor=payment.amount if payment else order.total,
        at=(payment.answered_at or payment.created_at) if payment else order.confirmed_at,
        is_financed=payment is not None,
        currency=order.currency if payment is None else CURRENCY,
    )


def refunds(actor: Actor) -> QuerySet[Any]:
    """What the seller pays back for goods that did not come or orders called off, newest first."""
    return (
        bank.visible_to(actor)
        .filter(payer__in=actor.orgs, purpose="REFUND")
        .order_by("-created_at", "-number")
    )


def refunds_due(actor: Actor) -> QuerySet[Any]:
    """Those of them that are not booked yet."""
    return refunds(actor).exclude(status="BOOKED")


def in_suspense(actor: Actor) -> QuerySet[Any]:
    """Money that came to the seller and fits no invoice."""
    return bank.to_settle(bank.incoming_visible_to(actor))


def differences(actor: Actor) -> QuerySet[Any]:
    """Counts of the seller's shipments that came short or damaged and are not settled yet."""
    return (
        warehousing.receivings_visible_to(actor)
        .filter(sender__in=actor.orgs, status="COUNTED")
        .prefetch_related("lines__sku")
    )
