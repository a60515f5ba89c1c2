"""Reading facts and notices."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.events.models import ConcernMark, Fact, Notice


def visible_to(actor: Actor) -> QuerySet[Fact]:
    """The facts that concern the actor's organisations."""
    if actor.is_system:
        return Fact.objects.all()
    return Fact.objects.filter(audience__overlap=list(actor.orgs))


def feed(actor: Actor) -> list[QuerySet[Fact]]:
    """The same as several lists, each read off its own index: what was noted for each of the
    actor's houses, and what is too new for that."""
    if actor.is_system:
        return [Fact.objects.all()]
    mark = ConcernMark.objects.values_list("upto", flat=True).first() or 0
    noted = [Fact.objects.filter(concerns__org=org) for org in actor.orgs]
    return [*noted, visible_to(actor).filter(transaction__gte=mark)]


def of_deal(deal: UUID, actor: Actor) -> QuerySet[Fact]:
    """The facts of one deal in the order they happened."""
    return visible_to(actor).filter(deal=deal).order_by("at", "number")


def inbox(actor: Actor) -> QuerySet[Notice]:
    """The notices of the actor's organisations, those for the person among them, newest first."""
    mine = Q(person=None) | Q(person=actor.user_id)
    return Notice.objects.filter(mine, org__in=actor.orgs).order_by("-at", "-id")


def unread_count(actor: Actor) -> int:
    """How many notices nobody has read yet."""
    return inbox(actor).filter(read_at=None).count()
