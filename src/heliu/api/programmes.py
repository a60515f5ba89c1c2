"""How lenders finance the orders of a seller's dealers, and changing it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.approvals import ApprovalOut
from heliu.api.fields import Amount, Factor, Flag, Line, Part, Portion, Rate, Sent, Share, Text
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.capital.credit import drafting, queries
from heliu.capital.credit.policies import Modes
from heliu.kernel.access.request import TypedRequest
from heliu.trade import programmes as stories

router = Router()

Instrument = Annotated[
    Literal["LOAN", "ACCEPTANCE_BILL"],
    Field(description="A bill rests on a CASH_MARGIN and frees goods DEPOSIT_FIRST"),
]
DepositMode = Literal["DOWN_PAYMENT", "CASH_MARGIN"]
DepositBy = Literal["COLLECTED", "PAID_IN"]
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
    ship_days: int | None = Field(
        description="So many days after it was paid the seller has shipped, or refunds"
    )


class ModesIn(Sent):
    """How orders are financed from now on."""

    instrument: Instrument
    deposit_mode: DepositMode
    release_mode: ReleaseMode
    seller_duty: SellerDuty
    buy_back_share: Part = Field(description="Of the goods' price, where the duty is BUY_BACK")


class ProgrammeTerms(Sent):
    """A programme in full. Shares are 0 to 1, rates per cent a year, amounts minor units."""

    name: Line = Field(min_length=1)
    name_zh: Line = ""
    deposit_ratios: list[Share] = Field(min_length=1, max_length=12)
    days_options: list[Annotated[int, Field(ge=1, le=365)]] = Field(min_length=1, max_length=12)
    max_tenor_days: Annotated[int, Field(ge=1, le=365)] = 180
    day_count: Literal["ACT/360", "ACT/365F", "ACT/ACT ISDA", "30/360", "30E/360", "30E/360 ISDA"]
    grace_days: Annotated[int, Field(ge=0, le=60)] = 3
    penalty_factor: Factor
    is_principal_first: Flag = False
    instrument: Instrument
    deposit_mode: DepositMode
    release_mode: ReleaseMode
    margin_rate: Annotated[Rate, Field(description="What a margin bears a year")] = Decimal(0)
    deposit_by: DepositBy = "COLLECTED"
    deposit_days: Annotated[int, Field(ge=1, le=60)] = 3
    fee_rate: Rate
    base_rate: Rate
    opex_rate: Rate
    hurdle_rate: Rate
    rate_cap: Rate
    capital_share: Portion
    loss_given_default: Portion
    price_fall: Portion
    sale_cost: Portion
    refund_share: Portion
    seller_default: Portion
    seller_duty: SellerDuty
    buy_back_share: Part
    notice_days: Annotated[int, Field(ge=0, le=180)] = 3
    sale_floor: Portion
    register_months: Annotated[
        int,
        Field(
            ge=1, le=360, description="For which its claim on the goods is registered, and again"
        ),
    ] = 12
    ship_days: Annotated[int, Field(ge=1, le=365)] | None = None
    single_name_cap: Amount
    auto_approve_cap: Amount
    quota_share: Portion
    auto_release_cap: Amount | None = None


class ProgrammeDraftIn(Sent):
    """A programme for a seller's dealers, or a new version of one that is there."""

    seller: UUID
    programme: UUID | None = Field(None, description="Of which it is a new version")
    draft: UUID | None = Field(None, description="The draft that is written anew")
    terms: ProgrammeTerms


class ProgrammeDraftOut(Schema):
    """A programme before it is in force, as far as its reader is told of it."""

    id: UUID
    lender: UUID
    seller: UUID
    programme: UUID | None
    status: Literal["DRAFT", "OFFERED", "AGREED", "REFUSED", "WITHDRAWN"]
    name: str
    instrument: Instrument
    deposit_mode: DepositMode
    release_mode: ReleaseMode
    deposit_ratios: list[Decimal]
    days_options: list[int]
    seller_duty: SellerDuty
    buy_back_share: Decimal
    ship_days: int | None
    written_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    said: str = Field(description="Why the seller did not agree")


class ProgrammeAnswerIn(Sent):
    """The seller's word on a programme that was offered to it."""

    agrees: Flag
    said: Text = Field("", description="Why not; needed for a no")


@router.get("/programmes", response=Page[ProgrammeOut])
def list_programmes(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The programmes the asker runs, sells under or borrows under."""
    rows = queries.programmes_visible_to(request.actor)
    return page(request, response, rows, paging, by=("-id",), show=ProgrammeOut.from_orm)


@router.post("/programmes/{programme}/modes", response={200: ProgrammeOut, 202: ApprovalOut})
def change_programme(
    request: TypedRequest, programme: UUID, payload: ModesIn, key: Key
) -> HttpResponse:
    """The lender finances in another way from now on. Offers and deals that are made keep what
    they were made under; the seller is told. What it is to promise holds when it agrees. 202 when
    others at the lender must agree first."""

    def do(at: datetime) -> tuple[int, ProgrammeOut | ApprovalOut]:
        done = stories.change(programme, Modes(**payload.model_dump()), actor=request.actor, at=at)
        if stories.is_asked(done):
            return 202, ApprovalOut.from_orm(done)
        return 200, ProgrammeOut.from_orm(done)

    return write(request, key, payload, do)


@router.get("/programme-drafts", response=Page[ProgrammeDraftOut])
def list_programme_drafts(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """What the asker writes as a lender, and what was offered to it as a seller."""
    rows = drafting.visible_to(request.actor)
    return page(request, response, rows, paging, by=("-written_at", "-id"), show=_draft_out)


@router.post("/programme-drafts", response={201: ProgrammeDraftOut})
def write_programme_draft(
    request: TypedRequest, payload: ProgrammeDraftIn, key: Key
) -> HttpResponse:
    """The lender writes a programme down; nobody else sees it until it is sent."""

    def do(at: datetime) -> tuple[int, ProgrammeDraftOut]:
        one = stories.write(
            payload.terms.model_dump(), seller=payload.seller, programme=payload.programme,
            draft=payload.draft, actor=request.actor, at=at,
        )  # fmt: skip
        return 201, _draft_out(one)

    return write(request, key, payload, do)


@router.post("/programme-drafts/{draft}/send", response={200: ProgrammeDraftOut, 202: ApprovalOut})
def send_programme_draft(request: TypedRequest, draft: UUID, key: Key) -> HttpResponse:
    """Offer it to the seller where that would be bound to something new; else it is in force. 202
    when others at the lender must agree first."""

    def do(at: datetime) -> tuple[int, ProgrammeDraftOut | ApprovalOut]:
        done = stories.send(draft, actor=request.actor, at=at)
        if stories.is_asked(done):
            return 202, ApprovalOut.from_orm(done)
        return 200, _draft_out(done)

    return write(request, key, None, do)


@router.post("/programme-drafts/{draft}/withdraw", response=ProgrammeDraftOut)
def withdraw_programme_draft(request: TypedRequest, draft: UUID, key: Key) -> HttpResponse:
    """The lender takes it back."""

    def do(at: datetime) -> tuple[int, ProgrammeDraftOut]:
        return 200, _draft_out(stories.withdraw(draft, actor=request.actor, at=at))

    return write(request, key, None, do)


@router.post("/programme-drafts/{draft}/answer", response=ProgrammeDraftOut)
def answer_programme_draft(
    request: TypedRequest, draft: UUID, payload: ProgrammeAnswerIn, key: Key
) -> HttpResponse:
    """The seller agrees, and the programme is in force; or it says why not."""

    def do(at: datetime) -> tuple[int, ProgrammeDraftOut]:
        one = stories.answer(
            draft, agrees=payload.agrees, said=payload.said, actor=request.actor, at=at
        )
        return 200, _draft_out(one)

    return write(request, key, payload, do)


def _draft_out(one: Any) -> ProgrammeDraftOut:
    terms = drafting.programme_of(one)
    shown = (
        "name", "instrument", "deposit_mode", "release_mode", "deposit_ratios", "days_options",
        "seller_duty", "buy_back_share", "ship_days",
    )  # fmt: skip
    own = ("id", "lender", "seller", "status", "written_at", "sent_at", "answered_at", "said")
    return ProgrammeDraftOut(
        programme=one.programme_id,
        **{name: getattr(terms, name) for name in shown},
        **{name: getattr(one, name) for name in own},
    )
