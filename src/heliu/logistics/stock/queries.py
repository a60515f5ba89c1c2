"""Reading stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, models
from django.db.models import F, Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.logistics.stock.models import Mark, Pieces, StockRow, Trace
from heliu.logistics.stock.policies import Marked

LYING_FREE = """
select s.sku, s.quantity - coalesce(b.most, 0)
  from stock_available(%s::uuid[], %s, %s, %s) s
  left join stock_backorder b on b.sku_id = s.sku and b.owner = %s and %s::uuid = %s::uuid
"""
FLOORS = """
select a.key from stock_promised p join posting_account a on a.id = p.account
  left join stock_backorder b on b.sku_id = p.sku_id and b.owner = p.owner and p.warehouse = p.owner
 where a.floor <> -coalesce(b.most, 0)
"""


def available(
    skus: Sequence[UUID], *, owner: UUID, warehouse: UUID, at: datetime | None = None
) -> dict[UUID, int]:
    """How much of each SKU `owner` can still promise at `warehouse`; 0 for what it never had.
    Where it takes back-orders that is more than lies there (`back_orders.outlook`).

    Answers to the owner, the warehouse and whoever is acquainted with the owner: a buyer sees the
    quantity, never the rows. To anybody else every answer is 0. Given `at`, reservations due by
    then do not count.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select sku, quantity from stock_available(%s::uuid[], %s, %s, %s)",
            [list(skus), owner, warehouse, at],
        )
        return dict.fromkeys(skus, 0) | dict(cursor.fetchall())


def lying_free(
    skus: Sequence[UUID], *, owner: UUID, warehouse: UUID, at: datetime | None = None
) -> dict[UUID, int]:
    """How much of each SKU lies there and is promised to nobody, for the owner or the keeper: what
    can be promised without back-orders, below nothing where more is ordered than lies there."""
    with connection.cursor() as cursor:
        cursor.execute(LYING_FREE, [list(skus), owner, warehouse, at, owner, owner, warehouse])
        return dict.fromkeys(skus, 0) | dict(cursor.fetchall())


def rows_visible_to(actor: Actor) -> QuerySet[StockRow]:
    """The rows that hold goods and that the actor owns, keeps or has a pledge on."""
    rows = StockRow.objects.filter(has_goods=True)
    if actor.is_system:
        return rows
    return rows.filter(
        Q(owner__in=actor.orgs) | Q(warehouse__in=actor.orgs) | Q(pledgee__in=actor.orgs)
    )


def on_hand(
    actor: Actor,
    *,
    owner: UUID | None = None,
    warehouse: UUID | None = None,
    skus: Sequence[UUID] | None = None,
) -> QuerySet[StockRow]:
    """Rows the actor may see, narrowed down, first in first."""
    rows = rows_visible_to(actor).select_related("sku")
    if owner is not None:
        rows = rows.filter(owner=owner)
    if warehouse is not None:
        rows = rows.filter(warehouse=warehouse)
    if skus is not None:
        rows = rows.filter(sku__in=skus)
    return rows.order_by("since", "id")


def marks_visible_to(actor: Actor) -> QuerySet[Mark]:
    """The lots and serial numbers of the actor's own articles, and those whose pieces it owns,
    keeps or ever had; an operator sees all (the row policies say who is one)."""
    return Mark.objects.order_by("code", "id")


def pieces_visible_to(actor: Actor) -> QuerySet[Pieces]:
    """Where pieces are that the actor sold, owns or keeps; an operator sees all."""
    return _traced(Pieces.objects.all(), actor, "owner")


def first_to_go(actor: Actor, wanted: Mapping[UUID, int]) -> dict[UUID, list[Marked]]:
    """Which pieces leave rows of goods that are told apart when so many are taken and nobody names
    them: the first expiring. Rows of other goods are not there. One statement."""
    found: dict[UUID, list[Marked]] = {}
    left = dict(wanted)
    pieces = pieces_visible_to(actor).filter(row__in=wanted).select_related("mark")
    first = F("mark__good_until").asc(nulls_last=True)
    for one in pieces.order_by(first, "mark__code"):
        if one.row_id and (taken := min(one.quantity, left[one.row_id])):
            left[one.row_id] -= taken
            named = Marked(one.mark.code, taken, one.mark.good_until)
            found.setdefault(one.row_id, []).append(named)
    return found


def traces_visible_to(actor: Actor) -> QuerySet[Trace]:
    """What happened to pieces of the actor's articles, or by its own hand; an operator sees all."""
    return _traced(Trace.objects.all(), actor, "owner", "giver")


def _traced[Q: QuerySet](found: Q, actor: Actor, *parties: str) -> Q:  # type: ignore[type-arg]
    if actor.is_system or "OPERATOR" in actor.party_roles:
        return found
    ways = models.Q(seller__in=actor.orgs) | models.Q(warehouse__in=actor.orgs)
    for party in parties:
        ways |= models.Q(**{f"{party}__in": actor.orgs})
    return found.filter(ways)


def check() -> list[str]:
    """The laws of stock that are broken, each with its first offender; [] when all hold."""
    with connection.cursor() as cursor:
        cursor.execute("select law, offender from stock_check()")
        found = [f"{law}: {offender}" for law, offender in cursor.fetchall()]
        cursor.execute(FLOORS)
        return found + [f"a promise goes as deep as back-orders say: {key}" for (key,) in cursor]
