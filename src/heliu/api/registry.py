"""The registry's part in a deal: what was filed, what is registered, and a claim of another."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import Flag, Ref, Sent, Text, id_or_number
from heliu.api.writes import Key, write
from heliu.capital.registry import queries
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import NotFound
from heliu.trade import deals, registration, registry_answers

router = Router()


class EntryOut(Schema):
    """What stands in the public register about one claim."""

    number: str
    secured: str = Field(description="Whose claim it is, as the register names it")
    goods: list[str] = Field(description="Kinds of goods by code; none means all movables")
    lot: str = Field(description="The document that tells the goods among their kind, or empty")
    content: str
    amount: int
    registered_on: date
    expires_on: date


class FilingOut(Schema):
    """Something asked of the registry, under an id that never changes."""

    id: UUID
    kind: Literal["SEARCH", "REGISTER", "AMEND", "DISCHARGE"]
    status: Literal["WRITTEN", "SENT", "UNKNOWN", "ANSWERED", "REFUSED"]
    number: str = Field(description="The registry's own, of what it entered or changed")
    reason: str = Field(description="Why it was refused")
    until: date | None = Field(description="The day a claim is entered to")
    found: list[EntryOut] = Field(description="What a search found")
    against: int = Field(description="How many of these stand against the lender")
    tries: int
    written_by_name: str
    written_at: datetime
    answered_at: datetime | None


class RegistrationOut(Schema):
    """A claim that is entered, or was until it was struck off."""

    number: str
    content: str
    amount: int
    registered_at: datetime
    expires_on: date
    discharged_at: datetime | None


class DealRegistration(Schema):
    """The registry's part in a deal."""

    deal: UUID
    registration: RegistrationOut | None
    filings: list[FilingOut]


class ClaimDecision(Sent):
    """What the lender does about another's claim on the goods."""

    go_on: Flag = Field(description="Pay out in spite of it; else the order is called off")
    reason: Text = Field(min_length=1, description="Kept with the decision")


@router.get("/deals/{ref}/registration", response=DealRegistration)
def get_deal_registration(request: TypedRequest, ref: Ref) -> DealRegistration:
    """What was filed for a deal and what is registered; for borrower and lender."""
    return _shown(request.actor, ref)


@router.post("/deals/{ref}/claim", response=DealRegistration)
def decide_claim(request: TypedRequest, ref: Ref, payload: ClaimDecision, key: Key) -> HttpResponse:
    """The lender pays out in spite of another's claim, or calls the order off."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, DealRegistration]:
        deal = deals.get(actor, id_or_number(ref))
        act = registry_answers.go_on if payload.go_on else registry_answers.call_off
        act(deal.pk, actor=actor, reason=payload.reason, at=at)
        return 200, _shown(actor, ref)

    return write(request, key, payload, do)


@router.post("/filings/{filing}/again", response={202: FilingOut})
def file_again(request: TypedRequest, filing: UUID, key: Key) -> HttpResponse:
    """Have a refused filing filed once more; asked again, it is the same one."""

    def do(at: datetime) -> tuple[int, FilingOut]:
        again = registration.file_again(filing, actor=request.actor, at=at)
        return 202, FilingOut.from_orm(again)

    return write(request, key, None, do)


def _shown(actor: Actor, ref: str) -> DealRegistration:
    deal = deals.get(actor, id_or_number(ref))
    if not {deal.buyer, deal.lender} & set(actor.orgs):
        raise NotFound()
    registered = queries.registrations_visible_to(actor).filter(deal=deal.pk).first()
    return DealRegistration(
        deal=deal.pk,
        registration=RegistrationOut.from_orm(registered) if registered else None,
        filings=[FilingOut.from_orm(one) for one in queries.of_deal(actor, deal.pk)],
    )
