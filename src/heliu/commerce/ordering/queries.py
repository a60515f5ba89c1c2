"""Reading orders and carts; every read begins at `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from heliu.commerce.ordering.models import Cart, CartLine, Order, OrderLine
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound

Side = Literal["buyer", "seller", "lender"]
SIDES: tuple[Side, ...] = ("buyer", "seller", "lender")
COUNTED_TO = 10_000


def visible_to(actor: Actor) -> QuerySet[Order]:
    """The orders the actor's organisations are a side of, or finance."""
    if actor.is_system:
        return Order.objects.all()
    mine = Q()
    for side in SIDES:
        mine |= Q(**{f"{side}__in": actor.orgs})
    return Order.objects.filter(mine)


def get(actor: Actor, id_or_number: UUID | str) -> Order:
    """One order with its lines and their SKUs (`order.lines.all()`), in two statements.

    Raises `NotFound` when it is not there or not the actor's to see.
    """
    is_id = isinstance(id_or_number, UUID)
    key = Q(pk=id_or_number) if is_id else Q(number=id_or_number)
    order = visible_to(actor).filter(key).prefetch_related(_lines()).first()
    if order is None:
        raise NotFound()
    return order


def lines_visible_to(actor: Actor) -> QuerySet[OrderLine]:
    """The lines of the visible orders."""
    if actor.is_system:
        return OrderLine.objects.all()
    mine = Q()
    for side in SIDES:
        mine |= Q(**{f"{side}__in": actor.orgs})
    return OrderLine.objects.filter(mine)


@dataclass(frozen=True)
class OrderPage:
    """A page of orders, newest first; `next_after` is the id to go on from, None at the end."""

    orders: list[Order]
    next_after: UUID | None


def page(
    actor: Actor,
    *,
    side: Side | None = None,
    statuses: Sequence[str] = (),
    pay_by: str = "",
    counterparty: UUID | None = None,
    text: str = "",
    placed_from: datetime | None = None,
    placed_before: datetime | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> OrderPage:
    """Orders newest first. `side` says on which side of them the actor's desk sits.

    `text` is an order number or the buyer's own number, or how one begins.
    """
    found = filtered(
        actor,
        side=side,
        statuses=statuses,
        pay_by=pay_by,
        counterparty=counterparty,
        text=text,
        placed_from=placed_from,
        placed_before=placed_before,
    )
    last = visible_to(actor).filter(pk=after).values_list("placed_at", "pk").first() if after else None
    if last is not None:
        placed_at, pk = last
        found = found.filter(placed_at__lte=placed_at).exclude(placed_at=placed_at, pk__gte=pk)
    orders = list(found.order_by("-placed_at", "-id")[: limit + 1])
    return OrderPage(orders[:limit], orders[limit - 1].pk if len(orders) > limit else None)


def filtered(
    actor: Actor,
    *,
    side: Side | None = None,
    statuses: Sequence[str] = (),
    pay_by: str = "",
    counterparty: UUID | None = None,
    text: str = "",
    placed_from: datetime | None = None,
    placed_before: datetime | None = None,
) -> QuerySet[Order]:
    """The visible orders that meet every filter given; an empty filter asks nothing."""
    found = visible_to(actor)
    if side is not None and not actor.is_system:
        found = Order.objects.filter(**{f"{side}__in": actor.orgs})
    if statuses:
        found = found.filter(status__in=statuses)
    if pay_by:
        found = found.filter(pay_by=pay_by)
    if counterparty is not None:
        found = found.filter(Q(buyer=counterparty) | Q(seller=counterparty))
    if text:
        found = found.filter(Q(number__istartswith=text) | Q(external_id__istartswith=text))
    if placed_from is not None:
        found = found.filter(placed_at__gte=placed_from)
    if placed_before is not None:
        found = found.filter(placed_at__lt=placed_before)
    return found


def count_up_to(found: QuerySet[Order]) -> int:
    """How many orders there are: exact to 10,000, and 10,001 for "more than that"."""
    return found.order_by()[: COUNTED_TO + 1].count()


def status_counts(actor: Actor, *, side: Side | None = None) -> dict[str, int]:
    """How many orders stand in each status, in one statement; statuses without orders are absent."""
    rows = filtered(actor, side=side).order_by().values_list("status").annotate(n=Count("pk"))
    return dict(rows)


def cart(actor: Actor, seller: UUID) -> list[CartLine]:
    """What the person has in the cart for a seller, by code of the SKU, in one statement."""
    return list(
        CartLine.objects.filter(
            cart__buyer=actor.own_org, cart__seller=seller, cart__user=actor.user_id
        )
        .select_related("sku")
        .order_by("sku__code")
    )


def draft(actor: Actor, seller: UUID) -> str:
    """The rows of the person's order pad as they were left; '' when there are none."""
    mine = Cart.objects.filter(buyer=actor.own_org, seller=seller, user=actor.user_id)
    return mine.values_list("draft", flat=True).first() or ""


def _lines() -> Prefetch[str]:
    return Prefetch("lines", OrderLine.objects.select_related("sku").order_by("position"))
