"""Who lets whom read its trade, and who deals with whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.consent import operations, queries
from heliu.kernel.parties import queries as parties

router = Router()

RelationshipStatus = Literal["ASKED", "ACTIVE", "PAUSED", "ENDED"]


class ConsentOut(Schema):
    """An organisation lets a lender read its trade for a purpose, until a day."""

    id: UUID
    of: UUID = Field(description="Whose trade")
    to: UUID = Field(description="Who may read it")
    purpose: str
    consented_by_name: str
    text_digest: str = Field(description="SHA-256 of the text that was agreed to")
    consented_at: datetime
    until: datetime
    withdrawn_at: datetime | None


class RelationshipOut(Schema):
    """A buyer may order from a seller: it carries catalogue, prices and terms."""

    id: UUID
    buyer: UUID
    seller: UUID
    status: RelationshipStatus
    since: date


@router.get("/consents", response=Page[ConsentOut])
def list_consents(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The consents the asker gave or was given, newest first."""
    by = ("-consented_at", "-id")
    rows = queries.visible_to(request.actor)
    return page(request, response, rows, paging, by=by, show=ConsentOut.from_orm)


@router.post("/consents/{consent}/withdraw", response=ConsentOut)
def withdraw_consent(request: TypedRequest, consent: UUID, key: Key) -> HttpResponse:
    """Take a consent back from now on; what was decided on it stands."""

    def do(at: datetime) -> tuple[int, ConsentOut]:
        withdrawn = operations.withdraw(consent, actor=request.actor, at=at)
        return 200, ConsentOut.from_orm(withdrawn)

    return write(request, key, None, do)


@router.get("/relationships", response=Page[RelationshipOut])
def list_relationships(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The trading relationships the asker is a side of."""
    rows = parties.relationships_visible_to(request.actor)
    return page(request, response, rows, paging, by=("id",), show=RelationshipOut.from_orm)
