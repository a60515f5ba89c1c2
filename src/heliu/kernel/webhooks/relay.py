"""From facts to the endpoints: which message is for whom, and sending what is due.

For the worker. An endpoint is in one hand at a time (a lease, so that no transaction stays open
while somebody waits for an answer) and is sent one message after the other. A hand that dies lets
go when its lease runs out, and what it had sent without saying so is sent again under the same id.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpcore
import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from heliu.kernel.events.notices import tell
from heliu.kernel.states import move
from heliu.kernel.webhooks.models import (
    DELIVERY_MOVES,
    ENDPOINT_MOVES,
    Attempt,
    Delivery,
    DeliveryStatus,
    Endpoint,
    EndpointStatus,
    Reason,
    Relay,
)
from heliu.kernel.webhooks.policies import (
    KEPT,
    headers,
    pause_after,
    read_url,
    rest_after,
    secret_of,
)
from heliu.kernel.webhooks.queries import content
from heliu.kernel.webhooks.sending import Result, connections, send

LEASE = timedelta(seconds=60)
AT_ONCE = 100  # endpoints that one round sends to side by side
ROUND = 20.0  # seconds after which a round takes no more endpoints into its hand
LOOK = 0.5  # seconds between two looks for endpoints that have something to be sent
GONE = 410

log = structlog.get_logger("heliu.webhooks")
Now = Callable[[], datetime]


@dataclass(frozen=True)
class Message:
    """A delivery as it is sent: where to, signed with which secrets."""

    delivery: int
    endpoint: UUID
    url: str
    id: str
    body: bytes
    secrets: tuple[str, ...]


def relay(*, at: datetime) -> int:
    """Make a delivery of every new fact for every endpoint that wants it; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("select webhooks_hand_on(%s)", [at])
        return int(cursor.fetchone()[0])


def deliver(*, now: Now) -> int:
    """Send what is due until nothing is; returns how many messages were tried."""
    connection.close()  # the round has one of its own; this thread's would lie idle meanwhile
    with ThreadPoolExecutor(1, thread_name_prefix="webhooks") as thread:
        try:
            return asyncio.run(_Round(thread, now).run())
        finally:
            thread.submit(lambda: connection.close()).result()  # that thread's own


class _Round:
    """Sends to many endpoints side by side; the database is spoken to by one thread beside."""

    def __init__(self, thread: Executor, now: Now) -> None:
        self._thread, self._now = thread, now

    async def run(self) -> int:
        """Take endpoints into the hand as they come due; a slow one holds up nobody else."""
        loop = asyncio.get_running_loop()
        end = loop.time() + ROUND
        hands: set[asyncio.Task[int]] = set()
        tried = 0
        async with connections() as pool:
            while True:
                taken = await self._ask(take, AT_ONCE - len(hands)) if loop.time() < end else []
                hands |= {asyncio.create_task(self._serve(one, pool)) for one in taken}
                if not hands:
                    return tried
                done, hands = await asyncio.wait(
                    hands, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED
                )
                tried += sum(task.result() for task in done)

    async def _serve(self, endpoint: UUID, pool: httpcore.AsyncConnectionPool) -> int:
        """Send an endpoint what is due, in order, until it fails or nothing is left."""
        tried = 0
        while message := await self._ask(next_of, endpoint):
            tried += 1
            # The second of sending is the real one, also in a demonstration that runs ahead.
            above = headers(
                message.secrets, message=message.id, moment=datetime.now(UTC), body=message.body
            )
            result = await send(pool, message.url, above, message.body)
            await self._ask(note, message, result)
        return tried

    async def _ask[Answer](self, do: Callable[..., Answer], *about: object) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: do(*about, at=self._now()))


def take(most: int, *, at: datetime) -> list[UUID]:
    """Take free endpoints that something is due for into one's hand, longest at rest first."""
    due = Delivery.objects.filter(
        endpoint=OuterRef("pk"), status=DeliveryStatus.WAITING, next_try_at__lte=at
    )
    with transaction.atomic():
        free = (
            Endpoint.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(Q(leased_until=None) | Q(leased_until__lte=at), Exists(due))
            .filter(status=EndpointStatus.ACTIVE, rests_until__lte=at)
            .order_by("rests_until", "id")
        )
        taken = [endpoint.pk for endpoint in free[:most]]
        Endpoint.objects.filter(pk__in=taken).update(leased_until=at + LEASE)
    return taken


def next_of(endpoint_id: UUID, *, at: datetime) -> Message | None:
    """The first message that is due for an endpoint in one's hand; None lets go of it."""
    with transaction.atomic():
        mine = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        may_send = mine.status == EndpointStatus.ACTIVE and mine.rests_until <= at
        due = mine.deliveries.filter(status=DeliveryStatus.WAITING, next_try_at__lte=at)
        delivery = due.order_by("id").first() if may_send else None
        mine.leased_until = at + LEASE if delivery else None
        mine.save(update_fields=["leased_until"])
        return message_of(mine, delivery, at=at) if delivery else None


def message_of(endpoint: Endpoint, delivery: Delivery, *, at: datetime) -> Message:
    """A delivery with its content and the secrets that are good now."""
    return Message(
        delivery.pk,
        endpoint.pk,
        endpoint.url,
        str(delivery.message),
        content(delivery),
        tuple(secret_of(endpoint.pk, number) for number in generations(endpoint, at=at)),
    )


def generations(endpoint: Endpoint, *, at: datetime) -> list[int]:
    """Which of its secrets sign now, the newest first."""
    is_old_good = endpoint.previous_until is not None and endpoint.previous_until > at
    return [endpoint.generation, *([endpoint.generation - 1] if is_old_good else [])]


def note(message: Message, result: Result, *, at: datetime) -> None:
    """Write down what a try came to, and what follows for the delivery and its endpoint."""
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=message.endpoint)
        delivery = Delivery.objects.select_for_update(no_key=True).get(pk=message.delivery)
        Attempt.objects.create(
            org=delivery.org,
            delivery=delivery,
            at=at,
            took_ms=result.took_ms,
            code=result.code,
            problem=result.problem,
            answer=result.answer,
        )
        if delivery.status != DeliveryStatus.WAITING:
            return  # somebody whose lease ran out has sent it too, or it was dropped meanwhile
        delivery.tries += 1
        delivery.first_try_at = delivery.first_try_at or at
        delivery.code, delivery.problem, delivery.took_ms = (
            result.code, result.problem, result.took_ms,
        )  # fmt: skip
        delivery.save()
        if result.problem:
            _failed(endpoint, delivery, result.rest, at=at)
        else:
            move(delivery, DeliveryStatus.DELIVERED, moves=DELIVERY_MOVES, ended_at=at)
            endpoint.failures, endpoint.taken_at = 0, at
            endpoint.save(update_fields=["failures", "taken_at"])
    log.info(
        "webhook", endpoint=str(message.endpoint), message=message.id, code=result.code,
        problem=result.problem, took_ms=result.took_ms,
    )  # fmt: skip


def _failed(endpoint: Endpoint, delivery: Delivery, rest: timedelta, *, at: datetime) -> None:
    """Try it again later; after three days no more, and an endpoint that took nothing is paused."""
    if delivery.code == GONE:
        stop(endpoint, EndpointStatus.ENDED, Reason.GONE, at=at)
        return
    pause = pause_after(delivery.tries, random.random())  # noqa: S311  # spreads, hides nothing
    endpoint.failures += 1
    endpoint.rests_until = at + rest_after(endpoint.failures, pause, rest)
    endpoint.save(update_fields=["failures", "rests_until"])
    if pause is not None:
        delivery.next_try_at = at + pause
        delivery.save(update_fields=["next_try_at"])
        return
    move(delivery, DeliveryStatus.FAILED, moves=DELIVERY_MOVES, ended_at=at)
    begun = delivery.first_try_at or at
    if endpoint.status == EndpointStatus.ACTIVE and (endpoint.taken_at or begun) <= begun:
        stop(endpoint, EndpointStatus.PAUSED, Reason.FAILING, at=at)


def tidy(at: datetime, *, most: int = 10_000) -> int:
    """Throw away up to so many deliveries, with their tries, that nobody looks at any more; how
    many it were. Waiting ones stay."""
    over = Delivery.objects.filter(ended_at__lt=at - KEPT).order_by("id").values("pk")[:most]
    with transaction.atomic():
        Relay.objects.update(tidied_to=at - KEPT)
        gone = [row["pk"] for row in over.select_for_update(skip_locked=True)]
        Attempt.objects.filter(delivery__in=gone).delete()
        return Delivery.objects.filter(pk__in=gone).delete()[0]


def stop(endpoint: Endpoint, status: EndpointStatus, reason: Reason, *, at: datetime) -> None:
    """Pause or end an endpoint. An ended one drops what waits for it; its house is told of what no
    person of it did."""
    if endpoint.status == status:
        return
    move(endpoint, status, moves=ENDPOINT_MOVES, reason=reason)
    if status == EndpointStatus.ENDED:
        waiting = endpoint.deliveries.filter(status=DeliveryStatus.WAITING)
        waiting.update(status=DeliveryStatus.DROPPED, ended_at=at)
    if reason != Reason.PERSON:
        kind = "webhook-paused" if status == EndpointStatus.PAUSED else "webhook-ended"
        host = read_url(endpoint.url).hostname or ""
        params = {"name": endpoint.name, "host": host}
        tell(endpoint.org, kind, params, link=f"/company/webhooks/{endpoint.pk}", at=at)
