"""Where the asker's programs are told what happened, and what was sent to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from heliu.api.fields import LARGEST, PRINTABLE, Line, Moment, Sent
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.webhooks import operations, queries

router = Router()

EndpointState = Literal["ACTIVE", "PAUSED", "ENDED"]
DeliveryState = Literal["WAITING", "DELIVERED", "FAILED", "DROPPED"]
Number = Annotated[int, Path(ge=1, le=LARGEST)]


class WebhookOut(Schema):
    """An address that facts are sent to."""

    id: UUID
    name: str
    url: str
    kinds: list[str] = Field(description="Names of facts; none means all")
    status: EndpointState
    reason: Literal["", "PERSON", "FAILING", "GONE"] = Field(description="Why it stands still")
    made_at: datetime
    secret_at: datetime = Field(description="The secret can be read for an hour from then on")
    taken_at: datetime | None = Field(description="When it last took a message")
    waiting: int = Field(description="Messages that wait")
    failed: int = Field(description="Messages that it never took")


class WebhookIn(Sent):
    """What can be said of it."""

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=PRINTABLE)]
    url: Annotated[str, Field(min_length=1, max_length=300, pattern=PRINTABLE)] = Field(
        description="Begins with https:// and is reached from the internet"
    )
    kinds: list[Line] = Field([], max_length=200, description="Names of facts; none means all")


class SecretOut(Schema):
    """What its messages are signed with; shown in the first hour only."""

    secret: str = Field(description="Begins with whsec_")


class DeliveryOut(Schema):
    """One message for one webhook."""

    id: int
    message: UUID = Field(description="The webhook-id: the fact's id, the same at every try")
    kind: str = Field(description="Such as capital.loan-disbursed; heliu.test for a test")
    fact: int | None = Field(description="The fact's number")
    status: DeliveryState
    tries: int
    made_at: datetime
    next_try_at: datetime
    ended_at: datetime | None
    code: int | None = Field(description="The status of the last answer")
    problem: Literal["", "REFUSED", "REDIRECT", "SLOW", "UNREACHED", "INSIDE"]
    took_ms: int | None


class AttemptOut(Schema):
    """One try."""

    at: datetime
    took_ms: int
    code: int | None
    problem: str
    answer: str = Field(description="At most its first 1,024 characters")


class DeliveryDetail(DeliveryOut):
    """With every try, the newest first."""

    attempts: list[AttemptOut]


class Period(Sent):
    """Messages made in this time."""

    since: Moment
    until: Moment
    also_delivered: bool = Field(False, description="Else only those that have failed")


class ReplayedOut(Schema):
    """How many are sent again."""

    count: int


@router.get("/webhooks", response=Page[WebhookOut])
def list_webhooks(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """Those of the asker's organisation, the newest first."""
    rows = queries.visible_to(request.actor)
    by = ("-made_at", "-id")
    return page(request, response, rows, paging, by=by, show=WebhookOut.from_orm)


@router.post("/webhooks", response={201: WebhookOut})
def add_webhook(request: TypedRequest, payload: WebhookIn, key: Key) -> HttpResponse:
    """Have facts sent to an address from now on. Read its secret next."""

    def do(at: datetime) -> tuple[int, WebhookOut]:
        made = operations.add(
            actor=request.actor, name=payload.name, url=payload.url, wanted=payload.kinds, at=at
        )
        return 201, _shown(request, made.pk)

    return write(request, key, payload, do)


@router.get("/webhooks/{webhook}", response=WebhookOut)
def get_webhook(request: TypedRequest, webhook: UUID) -> Any:
    """One of them."""
    return queries.get(request.actor, webhook)


@router.put("/webhooks/{webhook}", response=WebhookOut)
def change_webhook(
    request: TypedRequest, webhook: UUID, payload: WebhookIn, key: Key
) -> HttpResponse:
    """Another name, address or choice of facts; what waits goes to the new address."""

    def do(at: datetime) -> tuple[int, WebhookOut]:
        operations.change(
            webhook, actor=request.actor, name=payload.name, url=payload.url, wanted=payload.kinds
        )
        return 200, _shown(request, webhook)

    return write(request, key, payload, do)


@router.get("/webhooks/{webhook}/secret", response=SecretOut)
def get_webhook_secret(request: TypedRequest, response: HttpResponse, webhook: UUID) -> Any:
    """Its newest secret, in the first hour after it was made; refused (409) later."""
    response["Cache-Control"] = "no-store"
    return SecretOut(secret=queries.secret(request.actor, webhook, at=clock.now()))


@router.post("/webhooks/{webhook}/rotate", response=WebhookOut)
def rotate_webhook_secret(request: TypedRequest, webhook: UUID, key: Key) -> HttpResponse:
    """Make a new secret; the one before signs too for a day."""
    return _done(request, webhook, key, operations.rotate)


@router.post("/webhooks/{webhook}/pause", response=WebhookOut)
def pause_webhook(request: TypedRequest, webhook: UUID, key: Key) -> HttpResponse:
    """Send nothing for now; what comes meanwhile waits."""
    return _done(request, webhook, key, operations.pause)


@router.post("/webhooks/{webhook}/resume", response=WebhookOut)
def resume_webhook(request: TypedRequest, webhook: UUID, key: Key) -> HttpResponse:
    """Send again, first what has been waiting."""
    return _done(request, webhook, key, operations.resume)


@router.post("/webhooks/{webhook}/end", response=WebhookOut)
def end_webhook(request: TypedRequest, webhook: UUID, key: Key) -> HttpResponse:
    """Send nothing ever again; what waits is dropped."""
    return _done(request, webhook, key, operations.end)


@router.post("/webhooks/{webhook}/test", response={201: DeliveryOut})
def test_webhook(request: TypedRequest, webhook: UUID, key: Key) -> HttpResponse:
    """Send a message of the kind heliu.test that says nothing."""

    def do(at: datetime) -> tuple[int, DeliveryOut]:
        sent = operations.test(webhook, actor=request.actor, at=at)
        return 201, DeliveryOut.from_orm(sent)

    return write(request, key, None, do)


@router.post("/webhooks/{webhook}/replay", response=ReplayedOut)
def replay_webhook(request: TypedRequest, webhook: UUID, payload: Period, key: Key) -> HttpResponse:
    """Send all of a time again, at most 10,000, each under its own id."""

    def do(at: datetime) -> tuple[int, ReplayedOut]:
        count = operations.replay_all(
            webhook,
            actor=request.actor,
            since=payload.since,
            until=payload.until,
            is_all=payload.also_delivered,
            at=at,
        )
        return 200, ReplayedOut(count=count)

    return write(request, key, payload, do)


@router.get("/webhooks/{webhook}/deliveries", response=Page[DeliveryOut])
def list_webhook_deliveries(
    request: TypedRequest,
    response: HttpResponse,
    webhook: UUID,
    paging: Query[Paging],
    status: Annotated[DeliveryState | None, Query(description="Only those")] = None,
) -> dict[str, object]:
    """What was sent to it or waits to be, the newest first."""
    rows = queries.deliveries_of(request.actor, queries.get(request.actor, webhook).pk)
    rows = rows.filter(status=status) if status else rows
    return page(request, response, rows, paging, by=("-id",), show=DeliveryOut.from_orm)


@router.get("/webhook-deliveries/{delivery}", response=DeliveryDetail)
def get_webhook_delivery(request: TypedRequest, delivery: Number) -> dict[str, object]:
    """One message and every try of it."""
    found = queries.delivery(request.actor, delivery)
    shown = DeliveryOut.from_orm(found).dict()
    return {**shown, "attempts": list(queries.attempts_of(found)[:50])}


@router.post("/webhook-deliveries/{delivery}/replay", response=DeliveryOut)
def replay_webhook_delivery(request: TypedRequest, delivery: Number, key: Key) -> HttpResponse:
    """Send one again that was delivered or has failed, under the same id."""

    def do(at: datetime) -> tuple[int, DeliveryOut]:
        again = operations.replay(delivery, actor=request.actor, at=at)
        return 200, DeliveryOut.from_orm(again)

    return write(request, key, None, do)


def _done(request: TypedRequest, webhook: UUID, key: str, deed: Callable[..., Any]) -> HttpResponse:
    def do(at: datetime) -> tuple[int, WebhookOut]:
        deed(webhook, actor=request.actor, at=at)
        return 200, _shown(request, webhook)

    return write(request, key, None, do)


def _shown(request: TypedRequest, webhook: UUID) -> WebhookOut:
    return WebhookOut.from_orm(queries.get(request.actor, webhook))
