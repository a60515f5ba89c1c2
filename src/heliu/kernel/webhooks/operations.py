"""What an organisation does with its endpoints."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import kinds
from heliu.kernel.events.models import THIS_TRANSACTION
from heliu.kernel.ids import new_id
from heliu.kernel.states import move
from heliu.kernel.webhooks.models import (
    DELIVERY_MOVES,
    ENDPOINT_MOVES,
    Delivery,
    DeliveryStatus,
    Endpoint,
    EndpointStatus,
    Reason,
)
from heliu.kernel.webhooks.policies import OVERLAP, TEST, read_url
from heliu.kernel.webhooks.queries import may_see
from heliu.kernel.webhooks.relay import stop

MOST = 20  # endpoints of one organisation that have not ended
MOST_REPLAYED = 10_000
OVER = (DeliveryStatus.FAILED, DeliveryStatus.DELIVERED)


def add(*, actor: Actor, name: str, url: str, wanted: Collection[str], at: datetime) -> Endpoint:
    """An endpoint that gets the facts of these kinds (none: all) from now on."""
    may_see(actor)
    _require_sense(name, url, wanted)
    alive = Endpoint.objects.filter(org=actor.own_org).exclude(status=EndpointStatus.ENDED)
    if alive.count() >= MOST:
        raise Refused(
            "endpoints-enough", "There are %(most)s webhooks already.", most=MOST,
            help="End one that is not needed any more.",
        )  # fmt: skip
    return Endpoint.objects.create(
        org=actor.own_org,
        name=name.strip(),
        url=url.strip(),
        kinds=sorted(set(wanted)),
        made_by_name=actor.name,
        made_at=at,
        secret_at=at,
        rests_until=at,
    )


def change(
    endpoint_id: UUID, *, actor: Actor, name: str, url: str, wanted: Collection[str]
) -> Endpoint:
    """Another name, address or choice of kinds; what waits goes to the new address."""
    endpoint = _locked(endpoint_id, actor)
    _require_alive(endpoint)
    _require_sense(name, url, wanted)
    if sorted(set(wanted)) != endpoint.kinds:
        Endpoint.objects.filter(pk=endpoint.pk).update(chosen=THIS_TRANSACTION)
    endpoint.name, endpoint.url, endpoint.kinds = name.strip(), url.strip(), sorted(set(wanted))
    endpoint.save(update_fields=["name", "url", "kinds"])
    return endpoint


def rotate(endpoint_id: UUID, *, actor: Actor, at: datetime) -> Endpoint:
    """A new secret; for a day messages are signed with the old one too."""
    endpoint = _locked(endpoint_id, actor)
    _require_alive(endpoint)
    endpoint.generation += 1
    endpoint.secret_at, endpoint.previous_until = at, at + OVERLAP
    endpoint.save(update_fields=["generation", "secret_at", "previous_until"])
    return endpoint


def pause(endpoint_id: UUID, *, actor: Actor, at: datetime) -> Endpoint:
    """Send nothing for now; what comes meanwhile waits."""
    endpoint = _locked(endpoint_id, actor)
    move(endpoint, EndpointStatus.PAUSED, moves=ENDPOINT_MOVES, reason=Reason.PERSON)
    return endpoint


def resume(endpoint_id: UUID, *, actor: Actor, at: datetime) -> Endpoint:
    """Send again, first what has been waiting; its tries are counted anew."""
    endpoint = _locked(endpoint_id, actor)
    fresh = {"reason": "", "failures": 0, "rests_until": at}
    move(endpoint, EndpointStatus.ACTIVE, moves=ENDPOINT_MOVES, **fresh)
    waiting = endpoint.deliveries.filter(status=DeliveryStatus.WAITING)
    waiting.update(tries=0, first_try_at=None, next_try_at=at)
    return endpoint


def end(endpoint_id: UUID, *, actor: Actor, at: datetime) -> Endpoint:
    """Send nothing ever again; what waits is dropped."""
    endpoint = _locked(endpoint_id, actor)
    _require_alive(endpoint)
    stop(endpoint, EndpointStatus.ENDED, Reason.PERSON, at=at)
    return endpoint


def test(endpoint_id: UUID, *, actor: Actor, at: datetime) -> Delivery:
    """Send a message that says nothing, to see whether it is taken."""
    endpoint = _locked(endpoint_id, actor)
    if endpoint.status != EndpointStatus.ACTIVE:
        raise Refused("endpoint-not-active", "This webhook is not active.")
    return Delivery.objects.create(
        org=endpoint.org,
        endpoint=endpoint,
        message=new_id(),
        kind=TEST,
        made_at=at,
        next_try_at=at,
    )


def replay(delivery_id: int, *, actor: Actor, at: datetime) -> Delivery:
    """Send one again that was delivered or has failed, under the same id."""
    may_see(actor)
    mine = Delivery.objects.filter(org=actor.own_org)
    delivery = mine.select_related("endpoint").filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound()
    _require_alive(delivery.endpoint)
    move(delivery, DeliveryStatus.WAITING, moves=DELIVERY_MOVES, **_anew(at))
    _wake(delivery.endpoint, at)
    return delivery


def replay_all(
    endpoint_id: UUID,
    *,
    actor: Actor,
    since: datetime,
    until: datetime,
    is_all: bool = False,
    at: datetime,
) -> int:
    """Send all of a period again that have failed (or were delivered too); returns how many."""
    endpoint = _locked(endpoint_id, actor)
    _require_alive(endpoint)
    if since >= until:
        raise Invalid("period-empty", "This period is empty.", field="since")
    statuses = OVER if is_all else (DeliveryStatus.FAILED,)
    found = endpoint.deliveries.filter(status__in=statuses, made_at__gte=since, made_at__lt=until)
    chosen: QuerySet[Delivery] = found.order_by("id")[:MOST_REPLAYED]
    again = Delivery.objects.filter(pk__in=list(chosen.values_list("pk", flat=True)))
    count = again.update(status=DeliveryStatus.WAITING, **_anew(at))
    _wake(endpoint, at)
    return count


def _anew(at: datetime) -> dict[str, object]:
    return {"tries": 0, "first_try_at": None, "next_try_at": at, "ended_at": None}


def _wake(endpoint: Endpoint, at: datetime) -> None:
    """Somebody waits for it: the endpoint rests no longer."""
    Endpoint.objects.filter(pk=endpoint.pk).update(rests_until=at - timedelta(seconds=1))


def _locked(endpoint_id: UUID, actor: Actor) -> Endpoint:
    may_see(actor)
    mine = Endpoint.objects.select_for_update(no_key=True).filter(org=actor.own_org)
    found = mine.filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound()
    return found


def _require_alive(endpoint: Endpoint) -> None:
    if endpoint.status == EndpointStatus.ENDED:
        raise Refused("endpoint-ended", "This webhook has ended.", help="Add a new one.")


def _require_sense(name: str, url: str, wanted: Collection[str]) -> None:
    if not 0 < len(name.strip()) <= 60:
        raise Invalid("name-missing", "A name of at most 60 characters is needed.", field="name")
    read_url(url.strip())
    if unknown := sorted(set(wanted) - kinds().keys()):
        raise Invalid(
            "kind-unknown", "There is no fact called %(kind)s.", field="kinds", kind=unknown[0]
        )
