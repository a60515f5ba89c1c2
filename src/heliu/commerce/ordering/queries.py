"""Reading orders and carts; every read begins at `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, TypedDict, Unpack
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum

from heliu.commerce.catalogue.policies import seen
from heliu.commerce.ordering.models import (
    Cart,
    CartLine,
    GoneLine,
    Order,
    OrderChange,
    OrderLine,
    OrderStatus,
)
from heliu.commerce.ordering.rows import PadRow, read_rows
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, NotFound

Side = Literal["buyer", "seller", "lender"]
SIDES: tuple[Side, ...] = ("buyer", "seller", "lender")
COUNTED_TO = 10_000
TO_SEND = """
select o.id, o.number, o.buyer, p.day, sum(p.left)::bigint, coalesce(r.turn, 5)
  from ordering_order o
  left join parties_tradingrelationship r on r.buyer = o.buyer and r.seller = o.seller
  join ordering_orderline l on l.order_id = o.id
 cross join lateral (
       select q.day, least(q.upto, l.quantity - l.cancelled)
                     - greatest(q.upto - q.quantity, l.shipped) as left
         from (select (e.part ->> 'on')::date as day, (e.part ->> 'quantity')::bigint as quantity,
                      sum((e.part ->> 'quantity')::bigint) over (order by e.n) as upto
                 from jsonb_array_elements(l.parts) with ordinality e (part, n)
                union all
               select coalesce(l.wanted_on, o.wanted_on), l.quantity, l.quantity
                where l.parts is null) q) p
 where o.seller = any(%s) and o.status in ('CONFIRMED', 'PART_SHIPPED') and p.left > 0
 group by o.id, o.number, o.buyer, o.placed_at, p.day, r.turn
 order by p.day nulls first, coalesce(r.turn, 5), o.placed_at, o.id
 limit %s"""


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


def gone_lines(actor: Actor, order: Order) -> QuerySet[GoneLine]:
    """The lines that changes took out of a visible order, as they were."""
    return GoneLine.objects.filter(order__in=visible_to(actor).filter(pk=order.pk)).select_related(
        "sku"
    )


def struck(order_id: UUID) -> int:
    """The price of what the seller will not deliver of an order, in minor units; for steps of a
    story. Nobody owes it."""
    gone = OrderLine.objects.filter(order=order_id).aggregate(
        sum=Sum(F("cancelled") * F("unit_price"))
    )
    return gone["sum"] or 0


class Due(NamedTuple):
    """What of a confirmed order is to leave by a day (None: as soon as can be), in pieces; `turn`
    is when it comes up among those of that day."""

    order: UUID
    number: str
    buyer: UUID
    day: date | None
    pieces: int
    turn: int


def to_send(actor: Actor, limit: int = 200) -> list[Due]:
    """What the actor's houses are to send, the earliest first and of one day by
    the buyers' turn, in one statement: of a line in parts
    what left counts for the first of them, what was struck for the last."""
    with connection.cursor() as cursor:
        cursor.execute(TO_SEND, [list(actor.orgs), limit])
        return [Due(*row) for row in cursor.fetchall()]


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


class Filters(TypedDict, total=False):
    """What a list of orders is narrowed by; what is absent or empty asks nothing.

    `side` says on which side of the orders the actor's desk sits, `text` is how an order number
    (SO-…) or else the buyer's own number begins.
    """

    side: Side | None
    statuses: Sequence[str]
    pay_by: str
    counterparty: UUID | None
    text: str
    placed_from: datetime | None
    placed_before: datetime | None


def page(
    actor: Actor, *, after: UUID | None = None, limit: int = 50, **filters: Unpack[Filters]
) -> OrderPage:
    """Visible orders that meet the filters, newest first, from the one `after` on."""
    found = filtered(actor, **filters)
    last = visible_to(actor).filter(pk=after).first() if after else None
    if last is not None:
        found = found.filter(placed_at__lte=last.placed_at).exclude(
            placed_at=last.placed_at, pk__gte=last.pk
        )
    orders = list(found.order_by("-placed_at", "-id")[: limit + 1])
    return OrderPage(orders[:limit], orders[limit - 1].pk if len(orders) > limit else None)


def filtered(actor: Actor, **filters: Unpack[Filters]) -> QuerySet[Order]:
    """The visible orders that meet every filter given."""
    found = visible_to(actor)
    side = filters.get("side")
    if side and not actor.is_system:
        # On its own, without the other sides: so the list is read off one index.
        found = Order.objects.filter(**{f"{side}__in": actor.orgs})
    if statuses := filters.get("statuses"):
        found = found.filter(status__in=statuses)
    if pay_by := filters.get("pay_by"):
        found = found.filter(pay_by=pay_by)
    if counterparty := filters.get("counterparty"):
        found = found.filter(Q(buyer=counterparty) | Q(seller=counterparty))
    if text := seen(filters.get("text", "")).strip():
        found = found.filter(_begins_with(text))
    if placed_from := filters.get("placed_from"):
        found = found.filter(placed_at__gte=placed_from)
    if placed_before := filters.get("placed_before"):
        found = found.filter(placed_at__lt=placed_before)
    return found


def by_side(actor: Actor, **filters: Unpack[Filters]) -> list[QuerySet[Order]]:
    """The same, side by side where no side is named, so that each list is read off one index."""
    if filters.get("side") or actor.is_system:
        return [filtered(actor, **filters)]
    return [filtered(actor, **(filters | {"side": side})) for side in SIDES]


def count_up_to(found: QuerySet[Order]) -> int:
    """How many orders there are: exact to 10,000, and 10,001 for "more than that"."""
    return found.order_by()[: COUNTED_TO + 1].count()


def status_counts(actor: Actor, *, side: Side | None = None) -> dict[str, int]:
    """How many orders stand in each status, in two statements; an absent status has none.

    Completed ones, of which there may be millions, are counted by `count_up_to`.
    """
    found = filtered(actor, side=side).order_by()
    rows = found.exclude(status=OrderStatus.COMPLETED).values_list("status").annotate(n=Count("pk"))
    completed = count_up_to(found.filter(status=OrderStatus.COMPLETED))
    return dict(rows) | ({OrderStatus.COMPLETED: completed} if completed else {})


def of_own_number(actor: Actor, text: str) -> list[UUID]:
    """The buyer's own orders under a number of its own: read off the index that keeps it unique."""
    found = Order.objects.filter(buyer__in=actor.orgs, external_id=seen(text).strip())
    return list(found.exclude(external_id="").values_list("pk", flat=True))


def changes_of(actor: Actor, order: Order) -> list[OrderChange]:
    """What was asked to be changed of an order, the first first. What the buyer's house has not
    agreed to is seen by that house alone."""
    found = OrderChange.objects.filter(order=order).order_by("number")
    if not actor.is_system and order.buyer not in actor.orgs:
        found = found.filter(is_told=True)
    return list(found)


def person_of(actor: Actor) -> UUID:
    """Whose cart it is. The system has none and may not ask."""
    if actor.user_id is None:
        raise Forbidden("no-desk", "This needs somebody at a desk.")
    return actor.user_id


def carts_of(actor: Actor, seller: UUID, *, shared: bool = False) -> QuerySet[Cart]:
    """The person's own cart for a seller, or the house's, if there is one."""
    user = None if shared else person_of(actor)
    mine = Cart.objects.filter(buyer=actor.own_org, seller=seller)
    return mine.filter(user__isnull=True) if user is None else mine.filter(user=user)


def cart(actor: Actor, seller: UUID, *, shared: bool = False) -> list[CartLine]:
    """What is in the cart for a seller, by code of the SKU, in one statement."""
    lines = CartLine.objects.filter(cart__in=carts_of(actor, seller, shared=shared))
    return list(lines.select_related("sku").order_by("sku__code"))


@dataclass(frozen=True)
class Pad:
    """An order pad as it was left: its rows, who changed it last, and when; where it goes."""

    rows: list[PadRow]
    changed_by: str = ""
    changed_at: datetime | None = None
    address: UUID | None = None


def pad(actor: Actor, seller: UUID, *, shared: bool = False) -> Pad:
    """The rows of an order pad as they were left, in one statement."""
    found = carts_of(actor, seller, shared=shared).first()
    if found is None:
        return Pad([])
    return Pad(read_rows(found.draft), found.changed_by, found.changed_at, found.address)


def _begins_with(text: str) -> Q:
    """Compared as a range: LIKE is not leakproof and would keep the policy from the index."""
    if text.upper().startswith("SO-"):
        number = text.upper()
        return Q(number__gte=number, number__lt=number + chr(0x10FFFF))
    return Q(external_id__istartswith=text)


def _lines() -> Prefetch[str]:
    return Prefetch("lines", OrderLine.objects.select_related("sku").order_by("position"))


def check() -> list[str]:
    """The laws of orders that are broken, each with its first offender; [] when all hold."""
    with connection.cursor() as cursor:
        cursor.execute("select law, offender from ordering_check()")
        return [f"{law}: {offender}" for law, offender in cursor.fetchall()]
