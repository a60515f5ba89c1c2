"""A route that writes, to test the frame with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from ninja import Router, Schema

from heliu.api.app import build
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import Refused
from heliu.kernel.events.models import Notice

router = Router()


class Wish(Schema):
    """What to write down."""

    word: str
    count: int = 1


class Done(Schema):
    """What was written down."""

    id: UUID
    word: str


@router.post("/wishes", response={201: Done})
def wish(request: TypedRequest, payload: Wish, key: Key) -> HttpResponse:
    """Write a notice down; refuses when asked for "no"."""

    def do(at: datetime) -> tuple[int, Done]:
        made = Notice.objects.create(
            org=request.actor.own_org, kind="deal-closed", params={}, link="/", at=at
        )
        if payload.word == "no":
            raise Refused(
                "no-is-no", "No means %(what)s.", what="no", field="word", help="Say yes."
            )
        return 201, Done(id=made.pk, word=payload.word)

    return write(request, key, payload, do)


urlpatterns = [path("api/test/", build([("Test", router)], "test").urls)]
