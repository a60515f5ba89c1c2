"""Reading to-dos; every read begins at `visible_to`."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.todos.models import Todo


def visible_to(actor: Actor) -> QuerySet[Todo]:
    """The to-dos of the actor's houses."""
    return Todo.objects.all() if actor.is_system else Todo.objects.filter(org__in=actor.orgs)


def get(actor: Actor, todo: UUID) -> Todo:
    """One of them, or `NotFound`."""
    found = visible_to(actor).filter(pk=todo).first()
    if found is None:
        raise NotFound()
    return found


def locked(actor: Actor, todo: UUID) -> Todo:
    """The same, held until the transaction ends."""
    found = visible_to(actor).select_for_update().filter(pk=todo).first()
    if found is None:
        raise NotFound()
    return found


def open_ones(actor: Actor) -> QuerySet[Todo]:
    """What is to be done in the actor's houses, what is due first on top."""
    found = visible_to(actor).filter(done_at=None)
    return found.order_by(F("due_on").asc(nulls_last=True), "made_at", "id")


def mine(actor: Actor) -> QuerySet[Todo]:
    """What the person itself is to do."""
    return open_ones(actor).filter(Q(owner=actor.user_id), org=actor.own_org)


def of_record(actor: Actor, link: str) -> list[Todo]:
    """What is to be done about a record."""
    return list(open_ones(actor).filter(link=link))
