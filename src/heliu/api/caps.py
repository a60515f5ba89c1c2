"""A lender's quotas and caps over all its programmes, and its groups of enterprises."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import Sent, Text
from heliu.api.writes import Key, write
from heliu.capital.credit import queries
from heliu.capital.lending import operations
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import NotFound
from heliu.kernel.parties import queries as parties

router = Router()

Kind = Literal["cap_seller", "cap_group", "cap_borrower"]


class CapOut(Schema):
    """The most a lender lends for a seller's goods, to a group, or to one borrower."""

    id: UUID
    kind: Kind
    party: UUID = Field(description="The seller, the group or the borrower")
    limit: int = Field(description="In minor units: used + held + free - over")
    used: int
    held: int
    free: int
    over: int = Field(description="What more stands: nothing new is lent until it is repaid")
    set_by_name: str
    set_at: datetime


class CapIn(Sent):
    """A quota or cap to set; one that is there for the same party is changed."""

    kind: Kind
    party: UUID
    limit: int = Field(ge=0, le=10**15, description="In minor units")


class GroupOut(Schema):
    """Enterprises that the asker's house counts together."""

    id: UUID
    name: str
    members: list[UUID]


class GroupIn(Sent):
    """A group; one of the same name gets these members in place of those it had."""

    name: Text = Field(min_length=1)
    members: list[UUID] = Field(max_length=200)


class Lifted(Schema):
    """It is gone."""

    id: UUID


@router.get("/caps", response=list[CapOut])
def list_caps(request: TypedRequest) -> list[dict[str, object]]:
    """The quotas and caps of the asker's own house, and how far each is used now."""
    return [_shown(line) for line in queries.cap_lines(request.actor, at=clock.now())]


@router.post("/caps", response=CapOut)
def set_cap(request: TypedRequest, payload: CapIn, key: Key) -> HttpResponse:
    """Set a quota or cap. What is lent or promised already counts on it at once; where that is
    more, nothing new is lent on it until it fits."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, CapOut]:
        _require_known(request, payload)
        said = operations.set_cap(
            kind=payload.kind, party=payload.party, limit=payload.limit, actor=actor, at=at
        )
        line = next(one for one in queries.cap_lines(actor, at=at) if one.cap.pk == said.pk)
        return 200, CapOut.model_validate(_shown(line))

    return write(request, key, payload, do)


@router.post("/caps/{cap}/lift", response=Lifted)
def lift_cap(request: TypedRequest, cap: UUID, key: Key) -> HttpResponse:
    """There is no such quota or cap any more."""

    def do(at: datetime) -> tuple[int, Lifted]:
        operations.lift_cap(cap, actor=request.actor, at=at)
        return 200, Lifted(id=cap)

    return write(request, key, None, do)


@router.get("/groups", response=list[GroupOut])
def list_groups(request: TypedRequest) -> list[dict[str, object]]:
    """The groups of enterprises as the asker's own house knows them; nobody else sees them."""
    return [
        {"id": one.pk, "name": one.name, "members": [m.member for m in one.members.all()]}
        for one in parties.groups_of(request.actor)
    ]


@router.post("/groups", response=GroupOut)
def set_group(request: TypedRequest, payload: GroupIn, key: Key) -> HttpResponse:
    """Say which enterprises are one group: their loans count on its cap from now on."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, GroupOut]:
        known = parties.visible_to(actor).filter(pk__in=payload.members).count()
        if known < len(set(payload.members)):
            raise NotFound()
        said = operations.set_group(name=payload.name, members=payload.members, actor=actor, at=at)
        return 200, GroupOut(
            id=said.pk, name=said.name, members=list(dict.fromkeys(payload.members))
        )

    return write(request, key, payload, do)


def _require_known(request: TypedRequest, asked: CapIn) -> None:
    """A cap is for a party or group that the lender knows."""
    if asked.kind == "cap_group":
        is_known = parties.groups_of(request.actor).filter(pk=asked.party).exists()
    else:
        is_known = parties.visible_to(request.actor).filter(pk=asked.party).exists()
    if not is_known:
        raise NotFound()


def _shown(line: queries.CapLine) -> dict[str, object]:
    cap = line.cap
    return {
        "id": cap.pk,
        "kind": cap.kind,
        "party": cap.party,
        "limit": cap.limit,
        "used": line.used,
        "held": line.held,
        "free": line.free,
        "over": line.over,
        "set_by_name": cap.set_by_name,
        "set_at": cap.set_at,
    }
