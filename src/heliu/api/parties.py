"""Who asks, and whom they know."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.paging import Page, Paging, page
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import NotFound
from heliu.kernel.parties import queries

router = Router()


class OrganizationOut(Schema):
    """An organisation as others see it."""

    id: UUID
    code: str
    name: str
    name_zh: str
    city: str
    external_id: str
    is_active: bool


class Me(Schema):
    """Whoever the token or the session stands for."""

    user_id: UUID | None
    name: str
    organization: OrganizationOut
    party_roles: list[str] = Field(description="What the organisation does: DEALER, SELLER, BANK …")
    permissions: list[str] = Field(description="What the person may do there: order, sign, pay …")


@router.get("/me", response=Me)
def me(request: TypedRequest) -> dict[str, object]:
    """Who is asking, for which organisation, with which permissions."""
    actor = request.actor
    return {
        "user_id": actor.user_id,
        "name": actor.name,
        "organization": queries.visible_to(actor).get(pk=actor.own_org),
        "party_roles": sorted(actor.party_roles),
        "permissions": sorted(actor.permissions),
    }


@router.get("/organizations", response=Page[OrganizationOut])
def organizations(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    role: Annotated[
        str, Query(max_length=12, description="Only those that do this: SELLER, BANK …")
    ] = "",
) -> dict[str, object]:
    """The organisations whose names the asker may see, by code."""
    rows = queries.in_role(role, request.actor) if role else queries.visible_to(request.actor)
    return page(request, response, rows, paging, by=("code",), show=OrganizationOut.from_orm)


@router.get("/organizations/{organization_id}", response=OrganizationOut)
def organization(request: TypedRequest, organization_id: UUID) -> object:
    """One of them."""
    found = queries.visible_to(request.actor).filter(pk=organization_id).first()
    if found is None:
        raise NotFound()
    return found
