"""How the person who asks wants to be reached: mail, SMS, quiet hours, and kind by kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import Flag, Sent, Text
from heliu.api.writes import Key, write
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.dispatch import operations, push, queries
from heliu.kernel.errors import Invalid

router = Router()

MailWish = Literal["AT_ONCE", "DAILY", "NEVER"]


class KindReach(Schema):
    """By which ways notices of a kind are sent to the asker."""

    kind: str = Field(description="Stable name, such as goods-released")
    mail: bool
    sms: bool
    is_theirs: bool = Field(
        description="It needs a deed or is about money, and the asker may do something about it"
    )


class ReachOut(Schema):
    """How the asker is reached at this desk."""

    mail: MailWish
    phone: str = Field(description="For SMS; empty: none are sent")
    quiet_from: int = Field(description="No SMS from this hour on, business time")
    quiet_to: int = Field(description="Until this hour")
    kinds: list[KindReach]


class KindWish(Sent):
    """By which ways notices of a kind are to be sent."""

    kind: Text = Field(min_length=1, max_length=40)
    mail: Flag
    sms: Flag


class ReachIn(Sent):
    """How the asker wants to be reached; kinds that are not named are sent as by default."""

    mail: MailWish
    phone: Text = Field("", max_length=30)
    quiet_from: int = Field(21, ge=0, le=23)
    quiet_to: int = Field(8, ge=0, le=23)
    kinds: list[KindWish] = Field([], max_length=300)


class DeviceOut(Schema):
    """A device on which the asker's notices of this desk are shown."""

    id: UUID
    name: str
    added_at: datetime


class DeviceIn(Sent):
    """What a browser says of its subscription (RFC 8030): keys in base64url."""

    endpoint: Text = Field(min_length=1, max_length=1000, description="Only https, and public")
    public: Text = Field(min_length=1, max_length=100, description="`p256dh`")
    secret: Text = Field(min_length=1, max_length=40, description="`auth`")
    name: Text = Field("", max_length=60)


class PushKey(Schema):
    """The key under which a browser subscribes (`applicationServerKey`)."""

    key: str


@router.get("/reach/push-key", response=PushKey)
def get_push_key(request: TypedRequest) -> dict[str, str]:
    """The key by which devices know messages of this install."""
    return {"key": push.public_key()}


@router.get("/reach/devices", response=list[DeviceOut])
def list_devices(request: TypedRequest) -> object:
    """The asker's devices that show notices of this desk, the newest first."""
    return queries.devices_of(request.actor)


@router.post("/reach/devices", response={201: DeviceOut})
def add_device(request: TypedRequest, payload: DeviceIn, key: Key) -> HttpResponse:
    """A device shows the asker's notices of this desk from now on."""

    def do(at: datetime) -> tuple[int, DeviceOut]:
        made = operations.add_device(
            payload.endpoint,
            public=payload.public,
            secret=payload.secret,
            name=payload.name,
            actor=request.actor,
            at=at,
        )
        return 201, DeviceOut.from_orm(made)

    return write(request, key, payload, do)


@router.post("/reach/devices/{device}/end", response=DeviceOut)
def end_device(request: TypedRequest, device: UUID, key: Key) -> HttpResponse:
    """A device shows nothing any more."""

    def do(at: datetime) -> tuple[int, DeviceOut]:
        return 200, DeviceOut.from_orm(operations.drop_device(device, actor=request.actor))

    return write(request, key, None, do)


@router.get("/reach", response=ReachOut)
def get_reach(request: TypedRequest) -> dict[str, object]:
    """How the asker is reached at this desk, and every kind of notice there is."""
    return _shown(request.actor)


@router.post("/reach", response=ReachOut)
def set_reach(request: TypedRequest, payload: ReachIn, key: Key) -> HttpResponse:
    """Say how the asker wants to be reached at this desk."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, ReachOut]:
        known = {one.kind for one in queries.choices_of(actor, {})}
        for one in payload.kinds:
            if one.kind not in known:
                raise Invalid("kind-unknown", "There is no such kind of notice.", field="kinds")
        operations.wish(
            actor=actor,
            mail=payload.mail,
            phone=payload.phone,
            quiet_from=payload.quiet_from,
            quiet_to=payload.quiet_to,
            kinds={one.kind: (one.mail, one.sms) for one in payload.kinds},
        )
        return 200, ReachOut.model_validate(_shown(actor))

    return write(request, key, payload, do)


def _shown(actor: Actor) -> dict[str, Any]:
    reach = queries.reach_of(actor)
    choices = queries.choices_of(actor, queries.wishes_of(actor))
    return {
        **{name: getattr(reach, name) for name in ("mail", "phone", "quiet_from", "quiet_to")},
        "kinds": [one._asdict() for one in choices],
    }
