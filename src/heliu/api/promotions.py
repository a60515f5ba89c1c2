"""A seller's promotions: announced, looked at, stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Amount, Counted, Flag, Line, Moment, Percent, Quantity, Sent, Whole
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.commerce.pricing import operations
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.operations import NewPromotion
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import NotFound

router = Router()


class PromotionIn(Sent):
    """A rule that lowers prices for a while; neither goods nor families: all goods, no buyers:
    everybody who trades with the seller.

    `ORDER` takes a share or an amount off the whole order, `GOODS` gives pieces for free: so many
    for every `min_quantity` of a line.
    """

    code: Line = Field(min_length=1)
    name: Line = Field(min_length=1)
    name_zh: Line = ""
    effect: Literal["PERCENT", "AMOUNT", "PRICE", "ORDER", "GOODS"]
    percent: Percent | None = None
    amount: Counted | None = Field(
        None, description="Minor units off each, the price of each, or off the whole order"
    )
    gift: UUID | None = Field(None, description="What is given; null: of what was bought")
    gift_quantity: Quantity | None = Field(None, description="How many pieces are given")
    starts_at: Moment
    ends_at: Moment
    priority: Annotated[int, Field(ge=1, le=10_000), Whole] = 100
    combinable: Flag = False
    min_quantity: Quantity = 1
    min_order: Amount | None = Field(None, description="From a worth of the order at list prices")
    budget: Amount | None = None
    goods: list[UUID] = Field([], max_length=2_000)
    families: list[Line] = Field([], max_length=100)
    buyers: list[UUID] = Field([], max_length=2_000)


class PromotionOut(Schema):
    """A promotion and what it has given."""

    id: UUID
    code: str
    name: str
    name_zh: str
    effect: str
    percent: str | None
    amount: int | None
    gift: UUID | None
    gift_quantity: int | None
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    priority: int
    combinable: bool
    min_quantity: int
    min_order: int | None
    budget: int | None = Field(description="Minor units; it is never passed")
    spent: int = Field(description="What orders have taken; an order that is called off gives back")


@router.get("/promotions", response=Page[PromotionOut])
def list_promotions(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, Any]:
    """The asker's promotions, those that end last first."""
    rows = pricing.promotions_visible_to(request.actor)
    return page(request, response, rows, paging, by=("-ends_at", "-id"), show=_shown)


@router.post("/promotions", response={201: PromotionOut})
def announce_promotion(request: TypedRequest, payload: PromotionIn, key: Key) -> HttpResponse:
    """Announce a promotion; from its start on it lowers prices at every door."""

    def do(at: datetime) -> tuple[int, PromotionOut]:
        actor = request.actor
        wanted = NewPromotion(skus=payload.goods, **payload.model_dump(exclude={"goods"}))
        made = operations.announce(wanted, actor=actor, seller=actor.own_org, at=at)
        return 201, PromotionOut.model_validate(_shown(made))

    return write(request, key, payload, do)


@router.post("/promotions/{promotion}/stop", response=PromotionOut)
def stop_promotion(request: TypedRequest, promotion: UUID, key: Key) -> HttpResponse:
    """Stop a promotion now; orders placed under it keep their prices."""

    def do(at: datetime) -> tuple[int, PromotionOut]:
        found = pricing.promotions_visible_to(request.actor).filter(pk=promotion).first()
        if found is None:
            raise NotFound()
        made = operations.stop_promotion(found, actor=request.actor, at=at)
        return 200, PromotionOut.model_validate(_shown(made))

    return write(request, key, None, do)


def _shown(one: Any) -> dict[str, Any]:
    same = (
        "code", "name", "name_zh", "effect", "amount", "gift_quantity", "starts_at", "ends_at",
        "stopped_at", "priority", "combinable", "min_quantity", "min_order", "budget", "spent",
    )  # fmt: skip
    percent = str(one.percent.normalize()) if one.percent is not None else None
    named = {"id": one.pk, "percent": percent, "gift": one.gift_id}
    return {name: getattr(one, name) for name in same} | named
