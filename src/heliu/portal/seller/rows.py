"""Orders as rows of the seller's lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects
from django.urls import reverse

from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.portal.deal.states import next_step
from heliu.portal.shell.goods import GoodsTold, goods_told
from heliu.trade import deals

TO_CONFIRM = ("PLACED",)
TO_SHIP = ("CONFIRMED", "PART_SHIPPED")
FINANCE = "FINANCE"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of a list of orders; addresses are empty where the seller has nothing to do.

    An order taken over from before has no deal and therefore no page of its own. What the bank paid
    for and has not left by `ship_by` is refunded.
    """

    order: Any
    buyer: str
    goods: GoodsTold
    href: str
    confirm: str
    ship: str
    next: str
    ship_by: date | None = None


def to_confirm(actor: Actor) -> QuerySet[Any]:
    """Orders that wait for the seller's word; financed ones confirm themselves."""
    return ordering.filtered(actor, side="seller", statuses=TO_CONFIRM).exclude(pay_by=FINANCE)


def to_ship(actor: Actor) -> QuerySet[Any]:
    """Orders of which goods are still to be sent."""
    return ordering.filtered(actor, side="seller", statuses=TO_SHIP)


def order_rows(actor: Actor, orders: Sequence[Any]) -> list[OrderRow]:
    """The rows of these orders, in four statements for any number."""
    prefetch_related_objects(orders, "lines__sku")
    found = deals.visible_to(actor).filter(order_id__in=[order.pk for order in orders])
    known = {deal.order_id: deal for deal in found}
    houses = names(order.buyer for order in orders)
    return [_row(actor, order, houses, known.get(order.pk)) for order in orders]


def _row(actor: Actor, order: Any, houses: dict[UUID, Any], deal: Any) -> OrderRow:
    def address(route: str, *, when: bool) -> str:
        return reverse(route, args=[deal.number]) if deal and when else ""

    house = houses.get(order.buyer)
    confirms = order.status in TO_CONFIRM and order.pay_by != FINANCE and actor.may("sell")
    return OrderRow(
        order=order,
        buyer=house.short if house else "",
        goods=goods_told(order.lines.all()),
        href=address("deal", when=True),
        confirm=address("deal_confirm", when=confirms),
        ship=address("deal_ship", when=order.status in TO_SHIP and actor.may("ship")),
        next=next_step("seller", deal, order, None, None) if deal else "",
        ship_by=deal.ship_by if deal else None,
    )
