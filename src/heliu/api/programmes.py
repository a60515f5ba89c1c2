"""How lenders finance the orders of a seller's dealers, and changing it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Part, Sent
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.capital.credit import operations, queries
from heliu.capital.credit.policies import Modes
from heliu.kernel.access.request import TypedRequest

router = Router()

Instrument = Annotated[
    Literal["LOAN", "ACCEPTANCE_BILL"],
    Field(description="A bill rests on a CASH_MARGIN and frees goods DEPOSIT_FIRST"),
]
DepositMode = Literal["DOWN_PAYMENT", "CASH_MARGIN"]
ReleaseMode = Literal["PROPORTIONAL", "DEPOSIT_FIRST"]
SellerDuty = Annotated[
    Literal["NONE", "DIFFERENCE_REFUND", "BUY_BACK", "RESALE_HELP"],
    Field(description="What the seller has promised for goods of a dealer in default"),
]


class ProgrammeOut(Schema):
    """A lender's way of financing the dealers of one seller, as it holds for new offers."""

    id: UUID
    name: str
    name_zh: str
    lender: UUID
    seller: UUID
    is_active: bool
    deposit_ratios: list[Decimal]
    days_options: list[int]
    instrument: Instrument
    deposit_mode: DepositMode
    product: str
    release_mode: Literal["PROPORTIONAL", "DEPOSIT_FIRST", "FLOOR"]
    seller_duty: SellerDuty
    buy_back_share: Decimal = Field(description="Of the goods' price, where the duty is BUY_BACK")


class ModesIn(Sent):
    """How orders are financed from now on."""

    instrument: Instrument
    deposit_mode: DepositMode
    release_mode: ReleaseMode
    seller_duty: SellerDuty
    buy_back_share: Part = Field(description="Of the goods' price, where the duty is BUY_BACK")


@router.get("/programmes", response=Page[ProgrammeOut])
def list_programmes(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The programmes the asker runs, sells under or borrows under."""
    rows = queries.programmes_visible_to(request.actor)
    return page(request, response, rows, paging, by=("-id",), show=ProgrammeOut.from_orm)


@router.post("/programmes/{programme}/modes", response=ProgrammeOut)
def change_programme(
    request: TypedRequest, programme: UUID, payload: ModesIn, key: Key
) -> HttpResponse:
    """The lender finances in another way from now on. Offers and deals that are made keep what
    they were made under; the seller is told."""

    def do(at: datetime) -> tuple[int, ProgrammeOut]:
        changed = operations.change(
            programme, Modes(**payload.model_dump()), actor=request.actor, at=at
        )
        return 200, ProgrammeOut.from_orm(changed)

    return write(request, key, payload, do)
