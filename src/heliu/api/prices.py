"""Why a price is what it is."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from ninja import Field, Query, Router

from heliu.api.catalogue import MOST_WANTED, Tier
from heliu.api.fields import Moment, Plain
from heliu.commerce.pricing import why
from heliu.commerce.pricing.why import Source
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import NotFound

router = Router()


class PriceSourceOut(Plain):
    """A list that holds for the buyer; `base_code` and `factor` are told to the seller only."""

    code: str
    name: str
    name_zh: str
    is_default: bool
    is_contract: bool
    version: int
    live_from: datetime | None = Field(description="Since when this version is live")
    valid_from: date | None
    valid_to: date | None
    base_code: str | None = Field(description="Of computed prices: from which list")
    factor: Decimal | None = Field(description="Of computed prices: times what")
    tiers: list[Tier]
    price: int | None = Field(description="What it says at the quantity, minor units")
    outcome: str = Field(description="DECIDES, NO_PRICE or NOT_ASKED")


class PromotionSayOut(Plain):
    """A promotion for the buyer and these goods, and what it did."""

    code: str
    name: str
    name_zh: str
    effect: str
    percent: Decimal | None
    amount: int | None
    min_quantity: int
    min_order: int | None
    combinable: bool
    starts_at: datetime
    ends_at: datetime
    gift: str | None = Field(description="Code of what it gives; null: of those bought, or none")
    gift_quantity: int | None
    before: int | None
    after: int | None
    outcome: str = Field(
        description="APPLIED, TO_COME, USED_UP, QUANTITY, ORDER (too small), ALONE (not combined)"
        " or WHOLE (it is for the order as a whole)"
    )


class WhyOut(Plain):
    """The price of one, as an order of these goods alone, and its reasons."""

    list_price: int | None = Field(description="Null where there is no price")
    unit_price: int | None
    currency: str
    quantity: int
    quantity_from: int | None = Field(description="The price holds from this quantity")
    quantity_below: int | None = Field(description="And below this; null: any more")
    until: datetime | None = Field(description="When time changes it; null: it does not")
    is_fleeting: bool = Field(
        description="A budget or the worth of the whole order has a say: do not keep it"
    )
    lists: list[PriceSourceOut] = Field(description="In the order in which they are asked")
    promotions: list[PromotionSayOut] = Field(description="In the order in which they are applied")


@router.get("/prices/why", response=WhyOut)
def why_this_price(
    request: TypedRequest,
    seller: Annotated[UUID, Query(description="Whose goods")],
    sku: Annotated[UUID, Query(description="Which goods")],
    quantity: Annotated[int, Query(ge=1, le=MOST_WANTED)] = 1,
    buyer: Annotated[UUID | None, Query(description="For whom, if not the asker")] = None,
    at: Annotated[Moment | None, Query(description="At which moment; now by default")] = None,
) -> object:
    """Why a buyer pays what it pays: every list and promotion that had a say. Buyer and seller may
    ask; for anybody else, and where no list holds for the buyer, there is nothing here."""
    found = why.explain(
        request.actor,
        buyer=buyer or request.actor.own_org,
        seller=seller,
        sku=sku,
        quantity=quantity,
        at=at or clock.now(),
    )
    if not found.lists:
        raise NotFound()
    lists = [_source(one) for one in found.lists]
    return {**vars(found), "lists": lists, "promotions": list(found.promotions)}


def _source(one: Source) -> dict[str, object]:
    tiers = [{"quantity_from": start, "unit_price": unit} for start, unit in one.tiers]
    return {**vars(one), "tiers": tiers}
