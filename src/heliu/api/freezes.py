"""Supervised accounts that a court, another authority or their bank has frozen."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.approvals import ApprovalOut
from heliu.api.fields import Ref, Sent, Text
from heliu.api.files import SENT, sent_file
from heliu.api.paging import Page, Paging, page
from heliu.api.receipts import Content
from heliu.api.writes import Key, write
from heliu.capital.bank import freezing as accounts
from heliu.kernel.access.request import TypedRequest
from heliu.trade import freezing

router = Router()

Authority = Literal["COURT", "AUTHORITY", "BANK"]


class FreezeOut(Schema):
    """A freeze of a supervised account: money may come in, none goes out."""

    id: UUID
    number: str
    account_number: str
    org: UUID = Field(description="Whose account it is")
    bank: UUID
    authority: Authority
    paper: str
    reason: str
    file: UUID | None
    status: Literal["ASKED", "FROZEN", "LIFTED", "WITHDRAWN", "REFUSED", "EXPIRED"]
    asked_by_name: str
    asked_at: datetime
    frozen_by_name: str
    frozen_at: datetime | None
    lift_paper: str
    lift_reason: str
    lifted_by_name: str
    lifted_at: datetime | None


class FreezeIn(Sent):
    """By whose order, with which paper and why an account is to be frozen."""

    org: UUID
    authority: Authority
    paper: Text = Field(min_length=1, max_length=80)
    reason: Text = Field(min_length=1, max_length=300)


class LiftIn(Sent):
    """With which paper and why a freeze is to be lifted."""

    paper: Text = Field(min_length=1, max_length=80)
    reason: Text = Field(min_length=1, max_length=300)


class FreezeAsked(Schema):
    """What is to be done, and the question put to the others of the bank."""

    freeze: FreezeOut
    approval: ApprovalOut


@router.get("/freezes", response=Page[FreezeOut])
def list_freezes(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """Those of the asker's bank, and those on accounts of the asker; newest first."""
    rows = accounts.visible_to(request.actor)
    by = ("-asked_at", "-id")
    return page(request, response, rows, paging, by=by, show=FreezeOut.from_orm)


@router.get("/freezes/{number}", response=FreezeOut)
def get_freeze(request: TypedRequest, number: Ref) -> Any:
    """One of them."""
    return accounts.get(request.actor, number)


@router.post("/freezes", response={202: FreezeAsked})
def ask_to_freeze(request: TypedRequest, payload: FreezeIn, key: Key) -> HttpResponse:
    """Ask the others of the bank to freeze a supervised account; nothing is frozen before they
    agree."""

    def do(at: datetime) -> tuple[int, FreezeAsked]:
        wanted = accounts.Order(**payload.model_dump())
        return 202, _asked(*freezing.ask(wanted, actor=request.actor, at=at))

    return write(request, key, payload, do)


@router.post("/freezes/{number}/file", response={201: FreezeOut}, openapi_extra=SENT)
def show_freeze_paper(request: TypedRequest, number: Ref, key: Key) -> HttpResponse:
    """The paper of the order, once; whose account it is may read it."""
    name, content = sent_file(request)

    def do(at: datetime) -> tuple[int, FreezeOut]:
        one = freezing.show(number, name=name, content=content, actor=request.actor, at=at)
        return 201, FreezeOut.from_orm(one)

    return write(request, key, Content(name=name, digest=sha256(content).hexdigest()), do)


@router.post("/freezes/{number}/lift", response={202: FreezeAsked})
def ask_to_lift_freeze(
    request: TypedRequest, number: Ref, payload: LiftIn, key: Key
) -> HttpResponse:
    """Ask the others of the bank to lift a freeze."""

    def do(at: datetime) -> tuple[int, FreezeAsked]:
        return 202, _asked(
            *freezing.ask_to_lift(number, **payload.model_dump(), actor=request.actor, at=at)
        )

    return write(request, key, payload, do)


def _asked(one: Any, question: Any) -> FreezeAsked:
    return FreezeAsked(freeze=FreezeOut.from_orm(one), approval=ApprovalOut.from_orm(question))
