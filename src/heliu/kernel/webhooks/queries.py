"""Reading endpoints and what was sent to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.webhooks.models import Attempt, Delivery, DeliveryStatus, Endpoint

WAITING, FAILED = DeliveryStatus.WAITING, DeliveryStatus.FAILED


def may_see(actor: Actor) -> None:
    """Refuses (403) whoever may not manage the house."""
    actor.require("manage")


def visible_to(actor: Actor) -> QuerySet[Endpoint]:
    """The endpoints of the actor's own organisation, the newest first, with what is not yet taken.

    Not those of the organisations below it: whoever manages those has their secrets.
    """
    may_see(actor)
    return (
        Endpoint.objects.filter(org=actor.own_org)
        .annotate(
            waiting=Count("deliveries", filter=Q(deliveries__status=WAITING)),
            failed=Count("deliveries", filter=Q(deliveries__status=FAILED)),
        )
        .order_by("-made_at", "-id")
    )


def get(actor: Actor, endpoint_id: UUID) -> Endpoint:
    """One of them. Raises `NotFound`."""
    found = visible_to(actor).filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound()
    return found


def deliveries_of(actor: Actor, endpoint_id: UUID) -> QuerySet[Delivery]:
    """What was sent to an endpoint of the actor's, or waits to be."""
    may_see(actor)
    return Delivery.objects.filter(org=actor.own_org, endpoint=endpoint_id)


def delivery(actor: Actor, delivery_id: int) -> Delivery:
    """One delivery. Raises `NotFound`."""
    may_see(actor)
    mine = Delivery.objects.filter(org=actor.own_org).select_related("endpoint")
    found = mine.filter(pk=delivery_id).first()
    if found is None:
        raise NotFound()
    return found


def attempts_of(found: Delivery) -> QuerySet[Attempt]:
    """Its tries, the newest first."""
    return found.attempts.order_by("-at", "-id")


def check() -> list[str]:
    """The laws of the room: of every fact handed on, each endpoint that wants it has a delivery.

    That it has no second one is a constraint.
    """
    with connection.cursor() as cursor:
        cursor.execute("select endpoint, fact from webhooks_missing()")
        return [f"endpoint {endpoint} never got fact {fact}" for endpoint, fact in cursor]


def waiting_since(at: datetime) -> tuple[int, float]:
    """How many deliveries of active endpoints wait, and for how many seconds the oldest does."""
    with connection.cursor() as cursor:
        cursor.execute("select waiting, seconds from webhooks_waiting(%s)", [at])
        waiting, seconds = cursor.fetchone()
    return int(waiting), float(seconds)
