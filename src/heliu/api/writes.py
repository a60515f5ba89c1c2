"""Writing once: every write is answered from the store when it is sent again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from django.http import HttpResponse, JsonResponse
from ninja import Header, Schema
from pydantic import BaseModel

from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.idempotency.operations import digest, once

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=80,
        pattern=r"^[\x21-\x7e]+$",
        description="Of your choice, one per deed; the same key again gives the first answer.",
    ),
]


def write(
    request: TypedRequest,
    key: str,
    payload: BaseModel | None,
    do: Callable[[datetime], tuple[int, Schema]],
) -> HttpResponse:
    """Do it once under the caller's key and answer (status, what `do` returned).

    `do` is given the moment of the request. A refusal is not kept: a retry is judged anew. The same
    key for another address or with another content is refused (422, key-reused).
    """
    at = clock.now()

    def done() -> tuple[int, object]:
        status, body = do(at)
        return status, body.model_dump(mode="json")

    status, body, is_repeat = once(
        org=request.actor.home,
        key=key,
        content=_content(request, payload),
        at=at,
        do=done,
    )
    answer = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    if is_repeat:
        answer["Idempotent-Replayed"] = "true"
    return answer


def _content(request: TypedRequest, payload: BaseModel | None) -> bytes:
    content = content_of(request.method or "", request.path, payload)
    actor = request.actor
    # A key of the seller's house says for which customer it was used.
    return digest(content.hex(), str(actor.own_org)) if actor.behalf else content


def content_of(method: str, path: str, payload: BaseModel | None) -> bytes:
    """What a request says, whatever the order of its fields or its spaces."""
    sent = payload.model_dump_json() if payload is not None else None
    return digest(method, path, sent)
