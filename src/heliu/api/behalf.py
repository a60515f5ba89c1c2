"""Ordering in a customer's name: who may, and what was done.

The deed itself is any call of ordering with the header `Heliu-On-Behalf-Of`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Sent
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.behalf import operations, queries

router = Router()


class MandateOut(Schema):
    """A buyer lets a seller's people order with this seller in its name."""

    id: UUID
    buyer: UUID
    seller: UUID
    given_by_name: str
    given_at: datetime
    ended_at: datetime | None = Field(description="Null while it is in force")


class MandateIn(Sent):
    """Which seller may order in the asker's name."""

    seller: UUID


class MandateAsked(Sent):
    """Which customer is asked."""

    buyer: UUID


class MandateAskedOut(Schema):
    """The customer was told."""

    buyer: UUID


class BehalfActOut(Schema):
    """One deed in a customer's name."""

    buyer: UUID
    seller: UUID
    person: UUID
    person_name: str
    what: Literal["OPENED", "PLACED", "ASKED", "CHANGED", "WITHDRAWN", "CANCELLED"]
    subject: UUID | None = Field(description="The order or request it was about")
    number: str
    at: datetime


@router.get("/mandates", response=Page[MandateOut])
def list_mandates(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The mandates in force that the asker gave or was given, the newest first."""
    rows = queries.mandates(request.actor)
    return page(request, response, rows, paging, by=("-given_at", "-id"), show=MandateOut.from_orm)


@router.post("/mandates", response={201: MandateOut})
def give_mandate(request: TypedRequest, payload: MandateIn, key: Key) -> HttpResponse:
    """Let a seller's people order in the asker's name, within its prices, budgets, approvals."""

    def do(at: datetime) -> tuple[int, MandateOut]:
        given = operations.give(payload.seller, actor=request.actor, at=at)
        return 201, MandateOut.from_orm(given)

    return write(request, key, payload, do)


@router.post("/mandates/{mandate}/end", response=MandateOut)
def end_mandate(request: TypedRequest, mandate: UUID, key: Key) -> HttpResponse:
    """From the next request on nobody acts by it any more."""

    def do(at: datetime) -> tuple[int, MandateOut]:
        return 200, MandateOut.from_orm(operations.end(mandate, actor=request.actor, at=at))

    return write(request, key, None, do)


@router.post("/mandate-requests", response={201: MandateAskedOut})
def ask_for_mandate(request: TypedRequest, payload: MandateAsked, key: Key) -> HttpResponse:
    """A seller's person asks a customer for its mandate; the customer gets a notice."""

    def do(at: datetime) -> tuple[int, MandateAskedOut]:
        operations.ask(payload.buyer, actor=request.actor, at=at)
        return 201, MandateAskedOut(buyer=payload.buyer)

    return write(request, key, payload, do)


@router.get("/on-behalf/acts", response=Page[BehalfActOut])
def list_acts(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """What was done in the asker's name, or by its people in a customer's, newest first.

    Somebody with the permission `behalf` orders for a customer that gave a mandate by sending its
    id or code as the header `Heliu-On-Behalf-Of` with the calls of catalogue, prices, carts, order
    pads, orders, deals and purchase requests.
    """
    rows = queries.acts(request.actor)
    return page(request, response, rows, paging, by=("-id",), show=BehalfActOut.from_orm)
