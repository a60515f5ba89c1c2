"""Customer tiers: what a house is, what a seller gives by that, what a customer has and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import Counted, Flag, Sent, Text
from heliu.api.writes import Key, write
from heliu.commerce.cases.policies import MOST_HOURS
from heliu.kernel.access.request import TypedRequest
from heliu.trade import tiers

router = Router()

MinorOrNone = Annotated[int | None, Field(ge=0, le=10**15)]
Hours = Annotated[int | None, Field(ge=1, le=MOST_HOURS)]
TierName = Literal["SME", "LARGE", "PUBLIC", "SUPRA", "CLUSTER"]
TierOrNone = Literal["", "SME", "LARGE", "PUBLIC", "SUPRA", "CLUSTER"]


class TierOfferIn(Sent):
    """What customers of a tier get from now on."""

    price_list: UUID | None = None
    circle: UUID | None = None
    credit: Counted = Field(0, description="Trade credit to begin with, in minor units")
    service: Text = Field("", description="What is promised of service, in English")
    service_zh: Text = Field("", description="In Chinese; each stands for the other if that is ''")
    welcome: Text = Field("", description="On their first page")
    welcome_zh: Text = ""
    passes_to: MinorOrNone = Field(
        None, description="Their orders on terms confirm themselves up to this; null: none does"
    )
    agreed_from: MinorOrNone = Field(
        None,
        description="From this on others must agree to a yes too; null: never",
    )
    agreed_people: int = Field(1, ge=1, le=5, description="How many others")
    may_wait: Flag = Field(True, description="Whether they may order what is still to come")
    turn: int = Field(
        5,
        ge=1,
        le=9,
        description="When their orders of one day come up to be sent, 1 first",
    )
    answer_hours: Hours = Field(
        None, description="Their cases are answered within; null: as those of all (both or none)"
    )
    solve_hours: Hours = Field(None, description="And solved within")


class TierOfferOut(Schema):
    """What the asker's customers of a tier get."""

    tier: TierName
    price_list: UUID | None
    circle: UUID | None
    credit: int
    service: str
    service_zh: str
    welcome: str
    welcome_zh: str
    passes_to: int | None
    agreed_from: int | None
    agreed_people: int
    may_wait: bool
    turn: int
    answer_hours: int | None
    solve_hours: int | None
    set_by_name: str
    set_at: datetime


class TierGiven(Schema):
    """Something a customer has by its tier."""

    what: str
    name: str
    since: datetime


class TierStanding(Schema):
    """Which kind of customer the asker's house is at a seller, and what it has by that."""

    seller: UUID
    tier: TierOrNone
    by_seller: bool = Field(description="By the seller's word; else by the operator's")
    service: str
    service_zh: str
    welcome: str
    welcome_zh: str
    given: list[TierGiven]
    answer_hours: int | None = Field(
        description="Its cases are answered within; null: as the seller promises to all"
    )
    solve_hours: int | None


class TierIn(Sent):
    """Which tier; empty takes the word back."""

    tier: TierOrNone


class TierOut(Schema):
    """Whose tier, and which."""

    organization: UUID
    tier: TierOrNone


@router.get("/tier-offers", response=list[TierOfferOut])
def list_offers(request: TypedRequest) -> object:
    """What the asker's customers of each tier get."""
    return list(tiers.offers(request.actor).order_by("tier"))


@router.put("/tier-offers/{tier}", response=TierOfferOut)
def set_offer(
    request: TypedRequest, tier: TierName, payload: TierOfferIn, key: Key
) -> HttpResponse:
    """Say what customers of a tier get; those who are there and newcomers have it at once."""

    def do(at: datetime) -> tuple[int, TierOfferOut]:
        kept = tiers.set_offer(tier, actor=request.actor, at=at, **payload.model_dump())
        return 200, TierOfferOut.from_orm(kept)

    return write(request, key, payload, do)


@router.get("/tier-standings", response=list[TierStanding])
def list_standings(request: TypedRequest) -> list[dict[str, object]]:
    """Which kind of customer the asker's house is at its sellers, and what it has by that."""
    return [
        {**one._asdict(), **one.said._asdict(), "given": [got._asdict() for got in one.given]}
        for one in tiers.standings(request.actor)
    ]


@router.put("/customers/{buyer}/tier", response=TierOut)
def set_customer_tier(
    request: TypedRequest, buyer: UUID, payload: TierIn, key: Key
) -> HttpResponse:
    """A seller's own word on one of its customers, before the operator's."""

    def do(at: datetime) -> tuple[int, TierOut]:
        tiers.set_tier_here(buyer, payload.tier, actor=request.actor)
        return 200, TierOut(organization=buyer, tier=payload.tier)

    return write(request, key, payload, do)


@router.put("/organizations/{organization_id}/tier", response=TierOut)
def set_house_tier(
    request: TypedRequest, organization_id: UUID, payload: TierIn, key: Key
) -> HttpResponse:
    """The operator says what kind of customer a house is."""

    def do(at: datetime) -> tuple[int, TierOut]:
        tiers.set_tier(organization_id, payload.tier, actor=request.actor)
        return 200, TierOut(organization=organization_id, tier=payload.tier)

    return write(request, key, payload, do)
