"""Roles of a house's own making, who has which, and what the operator lets houses give."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import Flag, Sent, Text
from heliu.api.tiers import TierOrNone
from heliu.api.writes import Key, write
from heliu.kernel.access import role_editing
from heliu.kernel.access.queries import people_of
from heliu.kernel.access.request import TypedRequest

router = Router()
MOST = 40


class RoleOut(Schema):
    """A named set of permissions."""

    code: str
    name: str
    name_zh: str
    permissions: list[str]
    is_own: bool = Field(description="Made by the house; else it comes with the platform")


class RolesOut(Schema):
    """The roles the asker's house may give, and what it may put into its own."""

    roles: list[RoleOut]
    may_give: list[str]
    apart: list[tuple[str, str]] = Field(description="Pairs that must be in two hands")


class RoleIn(Sent):
    """A role as it is from now on."""

    name: Text = Field(min_length=1)
    name_zh: Text = ""
    permissions: list[Text] = Field(min_length=1, max_length=MOST)


class MemberOut(Schema):
    """Somebody who works for the asker's house."""

    id: UUID
    person: UUID
    name: str
    roles: list[str] = Field(description="Codes")


class MemberRolesIn(Sent):
    """All the roles somebody has from now on."""

    roles: list[Text] = Field(min_length=1, max_length=MOST, description="Codes")


class RoleLimitIn(Sent):
    """What houses of a kind may give."""

    party_role: Text = Field(description="DEALER, SELLER, BANK …")
    permissions: list[Text] = Field(max_length=MOST)
    tier: TierOrNone = Field("", description="Only houses of this tier, beyond what all may give")


class RoleLimitOut(Schema):
    """What houses of a kind may put into roles of their own."""

    party_role: str
    tier: str = Field(description="Only houses of this tier; empty: all")
    permissions: list[str]


class PairIn(Sent):
    """Two permissions, and whether they must be in two hands."""

    first: Text = Field(min_length=1)
    second: Text = Field(min_length=1)
    apart: Flag = True


class PairOut(Schema):
    """Two permissions, and whether they must be in two hands."""

    first: str
    second: str
    apart: bool


@router.get("/roles", response=RolesOut)
def list_roles(request: TypedRequest) -> dict[str, object]:
    """The roles of the asker's house and those that come with the platform."""
    return {
        "roles": [_role(one) for one in role_editing.roles(request.actor)],
        "may_give": role_editing.may_give(request.actor),
        "apart": role_editing.apart(),
    }


@router.put("/roles/{code}", response=RoleOut)
def put_role(request: TypedRequest, code: str, payload: RoleIn, key: Key) -> HttpResponse:
    """Make a role or change it. `beyond-limits` and `two-hands` (409) say what forbids it."""

    def do(at: datetime) -> tuple[int, RoleOut]:
        made = role_editing.save_role(actor=request.actor, code=code, **payload.model_dump())
        return 200, RoleOut(**_role(made))

    return write(request, key, payload, do)


@router.delete("/roles/{code}", response=RolesOut)
def drop_role(request: TypedRequest, code: str, key: Key) -> HttpResponse:
    """Take a role of the house away that nobody has."""

    def do(at: datetime) -> tuple[int, RolesOut]:
        role_editing.drop_role(code, actor=request.actor)
        return 200, RolesOut.model_validate(list_roles(request))

    return write(request, key, None, do)


@router.get("/members", response=list[MemberOut])
def list_members(request: TypedRequest) -> list[dict[str, object]]:
    """Who works for the asker's house, with their roles."""
    found = people_of(request.actor).filter(org=request.actor.own_org, is_active=True)
    return [_member(one) for one in found.prefetch_related("roles")]


@router.put("/members/{member}/roles", response=MemberOut)
def give_roles(
    request: TypedRequest, member: UUID, payload: MemberRolesIn, key: Key
) -> HttpResponse:
    """Somebody has these roles and no others, from the next request on."""

    def do(at: datetime) -> tuple[int, MemberOut]:
        given = role_editing.give_roles(member, payload.roles, actor=request.actor)
        return 200, MemberOut(**_member(given))

    return write(request, key, payload, do)


@router.get("/role-limits", response=list[RoleLimitOut])
def list_limits(request: TypedRequest) -> list[dict[str, object]]:
    """What houses of each kind may put into roles of their own."""
    return [
        {"party_role": kind, "tier": tier, "permissions": permissions}
        for (kind, tier), permissions in role_editing.limits(request.actor).items()
    ]


@router.post("/role-limits", response=RoleLimitOut)
def set_limits(request: TypedRequest, payload: RoleLimitIn, key: Key) -> HttpResponse:
    """The operator sets what houses of a kind may give; with a tier what its houses may beyond
    that."""

    def do(at: datetime) -> tuple[int, RoleLimitOut]:
        kind, tier = payload.party_role, payload.tier
        role_editing.set_limits(kind, payload.permissions, actor=request.actor, tier=tier)
        kept = role_editing.limits(request.actor).get((kind, tier), [])
        return 200, RoleLimitOut(party_role=kind, tier=tier, permissions=kept)

    return write(request, key, payload, do)


@router.post("/role-limits/pairs", response=PairOut)
def set_pair(request: TypedRequest, payload: PairIn, key: Key) -> HttpResponse:
    """The operator says which two permissions must be in two hands."""

    def do(at: datetime) -> tuple[int, PairOut]:
        role_editing.set_apart(payload.first, payload.second, actor=request.actor, on=payload.apart)
        return 200, PairOut(**payload.model_dump())

    return write(request, key, payload, do)


def _role(role: Any) -> dict[str, Any]:
    names = ("code", "name", "name_zh", "permissions")
    own = {name: getattr(role, name) for name in names}
    return own | {"is_own": role.org is not None}


def _member(one: Any) -> dict[str, Any]:
    return {
        "id": one.pk,
        "person": one.user_id,
        "name": str(one.user),
        "roles": sorted(role.code for role in one.roles.all()),
    }
