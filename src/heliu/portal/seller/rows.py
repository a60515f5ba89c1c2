"""Orders as rows of the seller's lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.portal.deal.states import next_step
from heliu.portal.shell.goods import goods_words
from heliu.trade import deals

TO_CONFIRM = ("PLACED",)
TO_SHIP = ("CONFIRMED", "PART_SHIPPED")
FINANCE = "FINANCE"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of a list of orders; addresses are empty where the seller has nothing to do.

    An order taken over from before has no deal and therefore no page of its own.
    """

    order: Any
    buyer: str
    goods: str
    href: str
    confirm: str
    ship: str
    next: str


def to_confirm(actor: Actor) -> QuerySet[Any]:
    """Orders that wait for the seller's word; financed ones confirm themselves."""
    return ordering.filtered(actor, side="seller", statuses=TO_CONFIRM).exclude(pay_by=FINANCE)


def to_ship(actor: Actor) -> QuerySet[Any]:
    """Orders of which goods are still to be sent."""
    return ordering.filtered(actor, side="seller", statuses=TO_SHIP)


def order_rows(actor: Actor, orders: Sequence[Any]) -> list[OrderRow]:
    """The rows of these orders, in four statements for any number."""
    prefetch_related_objects(orders, "lines__sku")
    numbers = deal_numbers(actor, [order.pk for order in orders])
    houses = names(order.buyer for order in orders)
    return [_row(actor, order, houses, numbers.get(order.pk, "")) for order in orders]


def deal_numbers(actor: Actor, orders: Sequence[UUID]) -> dict[UUID, str]:
    """The number of the deal of each order that has one."""
    found = deals.visible_to(actor).filter(order_id__in=orders)
    return dict(found.values_list("order_id", "number"))


def _row(actor: Actor, order: Any, houses: dict[UUID, Any], deal: str) -> OrderRow:
    def address(route: str, *, when: bool) -> str:
        return reverse(route, args=[deal]) if deal and when else ""

    house = houses.get(order.buyer)
    confirms = order.status in TO_CONFIRM and order.pay_by != FINANCE and actor.may("sell")
    return OrderRow(
        order=order,
        buyer=house.short if house else "",
        goods=goods_words(order.lines.all()),
        href=address("deal", when=True),
        confirm=address("deal_confirm", when=confirms),
        ship=address("deal_ship", when=order.status in TO_SHIP and actor.may("ship")),
        next=_next(order) if deal else "",
    )


def _next(order: Any) -> str:
    if order.status in TO_CONFIRM and order.pay_by == FINANCE:
        return _("The bank pays, then it is confirmed")
    return next_step("seller", _OPEN, order, None, None)


@dataclass(frozen=True, slots=True)
class _Open:
    outcome: str = "OPEN"


_OPEN = _Open()
