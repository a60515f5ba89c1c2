"""Reading lists and recurring orders; every read begins at `visible_to`."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from heliu.commerce.lists import policies
from heliu.commerce.lists.models import ListLine, RecurringOrder, Run, ShoppingList
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound


def visible_to(actor: Actor) -> QuerySet[ShoppingList]:
    """The person's own lists and those of the house."""
    if actor.is_system:
        return ShoppingList.objects.all()
    mine = Q(user__isnull=True) | Q(user=actor.user_id)
    return ShoppingList.objects.filter(mine, buyer=actor.own_org)


def index(actor: Actor, seller: UUID | None = None) -> QuerySet[ShoppingList]:
    """Visible lists by name, each with how many `lines_count` it has."""
    found = visible_to(actor).annotate(lines_count=Count("lines")).order_by("name", "id")
    return found if seller is None else found.filter(seller=seller)


def get(actor: Actor, list_id: UUID) -> ShoppingList:
    """One list with its lines and their SKUs, in two statements. Raises `NotFound`."""
    lines = Prefetch("lines", ListLine.objects.select_related("sku").order_by("position"))
    found = visible_to(actor).filter(pk=list_id).prefetch_related(lines).first()
    if found is None:
        raise NotFound()
    return found


def recurring_visible_to(actor: Actor) -> QuerySet[RecurringOrder]:
    """The recurring orders of the lists the actor sees."""
    orders = RecurringOrder.objects.select_related("list")
    if actor.is_system:
        return orders
    return orders.filter(list__in=visible_to(actor))


def get_recurring(actor: Actor, recurring_id: UUID) -> RecurringOrder:
    """One recurring order with what became of its days, the latest first. Raises `NotFound`."""
    runs = Prefetch("runs", Run.objects.order_by("-due_on"))
    found = recurring_visible_to(actor).filter(pk=recurring_id).prefetch_related(runs).first()
    if found is None:
        raise NotFound()
    return found


def due(on: date) -> list[UUID]:
    """The recurring orders whose day has come; the worker's."""
    found = RecurringOrder.objects.filter(status="ACTIVE", next_on__lte=on)
    return list(found.order_by("next_on", "id").values_list("id", flat=True))


def upcoming(recurring: RecurringOrder, many: int = 3) -> list[date]:
    """The next days on which it is ordered; none when it is paused or ended."""
    if recurring.status != "ACTIVE":
        return []
    return policies.upcoming(
        recurring.next_on,
        first_on=recurring.first_on,
        every=recurring.every,
        unit=recurring.unit,
        last_on=recurring.last_on,
        many=many,
    )
