"""Reading returns; every read begins at `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from heliu.commerce.returns.models import OVER as OVER
from heliu.commerce.returns.models import GivenBack, Remedy, Return, ReturnStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound

REMEDIES = Remedy.choices
STATUSES = ReturnStatus.choices


def visible_to(actor: Actor) -> QuerySet[Return]:
    """The returns the actor's organisations asked for or are asked for."""
    if actor.is_system:
        return Return.objects.all()
    return Return.objects.filter(Q(buyer__in=actor.orgs) | Q(seller__in=actor.orgs))


def get(actor: Actor, id_or_number: UUID | str) -> Return:
    """One return with its lines (`lines.all()`), or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = visible_to(actor).filter(**by).prefetch_related("lines__sku").first()
    if found is None:
        raise NotFound()
    return found


def of_order(actor: Actor, order: UUID) -> QuerySet[Return]:
    """The returns of an order, the newest first."""
    return visible_to(actor).filter(order_id=order).order_by("-asked_at", "-id")


def credited_of(order: UUID) -> list[Return]:
    """The returns of an order for which something was credited, the oldest first; for stories."""
    found = Return.objects.filter(order_id=order, credited__gt=0).prefetch_related("lines")
    return list(found.order_by("ended_at", "id"))


def given_back(order_lines: Iterable[int]) -> dict[int, int]:
    """How much of some order lines is in returns that were not refused."""
    found = GivenBack.objects.filter(pk__in=list(order_lines))
    return dict(found.values_list("pk", "taken"))


# What was taken of a line is what the live returns and the settled ones say of it; what was
# replaced is there again.
TAKEN = """
select g.order_line from returns_givenback g
  left join (select l.order_line, sum(l.quantity - case
                         when r.remedy = 'REPLACEMENT' and r.status = 'SETTLED' then l.accepted
                         else 0 end) as taken
               from returns_returnline l
               join returns_return r on r.id = l.of_id and r.status not in ('REFUSED', 'WITHDRAWN')
              group by l.order_line) t on t.order_line = g.order_line
 where g.taken <> coalesce(t.taken, 0) limit 20"""
CREDITED = """
select r.number from returns_return r
 where r.remedy = 'CREDIT' and r.status = 'SETTLED'
   and r.credited <> (select coalesce(sum(l.accepted * l.unit_price), 0)
                        from returns_returnline l where l.of_id = r.id) limit 20"""


def check() -> list[str]:
    """The laws of returns that are broken, each with its first offender; [] when all hold."""
    broken = []
    for law, statement in (
        ("what was given back is what returns say: line", TAKEN),
        ("what is credited is the price of what was accepted:", CREDITED),
    ):
        with connection.cursor() as cursor:
            cursor.execute(statement)
            broken += [f"{law} {name}" for (name,) in cursor.fetchall()]
    return broken
