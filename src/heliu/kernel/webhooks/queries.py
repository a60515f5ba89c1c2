"""Reading endpoints and what was sent to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.events.models import Fact
from heliu.kernel.webhooks.models import Attempt, Delivery, DeliveryStatus, Endpoint, EndpointStatus
from heliu.kernel.webhooks.policies import SHOWN_FOR, body_of, secret_of


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
            waiting=_count(DeliveryStatus.WAITING),
            failed=_count(DeliveryStatus.FAILED),
        )
        .order_by("-made_at", "-id")
    )


def _count(status: DeliveryStatus) -> Coalesce:
    """How many of its deliveries stand so; by an index, however many others there are."""
    found = Delivery.objects.filter(endpoint=OuterRef("pk"), status=status).order_by()
    counted = found.values("endpoint").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def alive(actor: Actor) -> int:
    """How many of the actor's have not ended."""
    may_see(actor)
    found = Endpoint.objects.filter(org=actor.own_org)
    return found.exclude(status=EndpointStatus.ENDED).count()


def get(actor: Actor, endpoint_id: UUID) -> Endpoint:
    """One of them. Raises `NotFound`."""
    found = visible_to(actor).filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound()
    return found


def secret(actor: Actor, endpoint_id: UUID, *, at: datetime) -> str:
    """The newest secret, in the first hour of its life. Raises `Refused` (secret-hidden) after."""
    endpoint = get(actor, endpoint_id)
    if at >= endpoint.secret_at + SHOWN_FOR:
        raise Refused(
            "secret-hidden",
            "A secret is shown for an hour after it was made.",
            help="Make a new one: the old one stays good for a day beside it.",
        )
    return secret_of(endpoint.pk, endpoint.generation)


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


def content(found: Delivery) -> bytes:
    """What a delivery says: its fact, or that it is a test."""
    fact = Fact.objects.get(pk=found.fact) if found.fact is not None else None
    return body_of(
        message=found.message,
        kind=found.kind,
        at=fact.at if fact else found.made_at,
        number=fact.number if fact else None,
        flows=fact.flows if fact else (),
        subject=fact.subject if fact else None,
        deal=fact.deal if fact else None,
        data=fact.payload if fact else {},
    )


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
