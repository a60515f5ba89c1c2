"""Loans against stock: asking for one, how its goods cover it, margin calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.approvals import ApprovalOut
from heliu.api.fields import Amount, Days, Ref, Sent, Text, Whole
from heliu.api.loans import LoanOut
from heliu.api.lodgings import MOST_GOODS, GoodsLine, LodgingOut, goods_of, lodging_out, pool_of
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.capital.lending import queries as lending
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.trade import pools, programmes, stock_loan, taking_out
from heliu.trade.stock_loan import Wish

router = Router()
Share = Annotated[
    str,
    Field(pattern=r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$", description='A share such as "0.6"'),
]
Fen = Annotated[int, Field(description="Minor units (fen)")]
ShortDays = Annotated[int, Field(ge=1, le=366), Whole]


class MarginsOut(Schema):
    """How far a lender lends against stock; shares from 0 to 1."""

    opening_ratio: Decimal = Field(description="Of the lendable value, at most; also the floor")
    warn_ratio: Decimal
    call_ratio: Decimal
    liquidation_ratio: Decimal
    cure_days: int = Field(description="Working days to cure a call")
    haircut: Decimal = Field(description="Taken off what goods are worth")
    haircuts: dict[str, str] = Field(description="The same for single families of goods, by code")
    stale_days: int = Field(description="For how long a price holds")
    max_age_days: int = Field(description="For how long goods count")
    concentration: Decimal = Field(description="For how much of a pool goods of one kind count")
    families: list[str] = Field(description="Goods that are taken; empty: all of the seller's")


class MarginsIn(Sent):
    """How far to lend against stock from now on; loans that were offered keep theirs."""

    opening_ratio: Share
    warn_ratio: Share
    call_ratio: Share
    liquidation_ratio: Share
    haircut: Share
    concentration: Share
    cure_days: ShortDays
    stale_days: ShortDays
    max_age_days: ShortDays


class StockProgrammeOut(Schema):
    """A lender's way of lending against goods of a seller."""

    id: UUID
    name: str
    name_zh: str
    lender: UUID
    seller: UUID
    days_options: list[int]
    margins: MarginsOut


class StockPreviewIn(Sent):
    """Goods that would be brought."""

    programme: UUID
    goods: list[GoodsLine] = Field(min_length=1, max_length=MOST_GOODS)


class CountedFor(Schema):
    """What goods of one kind count for."""

    sku: UUID
    quantity: int
    unit_worth: int = Field(description="Fen a piece: the lower of cost and price; 0 without one")
    worth: int
    value: int = Field(description="What may be lent against of that")
    why: str = Field(description="unpriced, stale, aged, crowded: why nothing, or less; else empty")


class StockPreviewOut(Schema):
    """What goods would count for today."""

    worth: Fen
    value: Fen
    most: int = Field(description="The most that is lent against them, fen")
    goods: list[CountedFor]


class StockLoanIn(Sent):
    """What is asked for."""

    programme: UUID
    goods: list[GoodsLine] = Field(min_length=1, max_length=MOST_GOODS)
    amount: Amount
    days: Days
    keeper: UUID | None = Field(None, description="A supervised warehouse; null: the first known")


class MarginCallOut(Schema):
    """A borrower is called to repay, or to bring goods, until a day."""

    id: UUID
    number: str
    deal_number: str
    status: str = Field(description="OPEN, CURED, LAPSED or ENDED")
    called_at: datetime
    until: date
    value: Fen
    exposure: Fen
    cash: int = Field(description="What repaying would have cured it when it was called, fen")
    goods: int = Field(description="Or goods of so much lendable value, fen")


class StockLoanOut(Schema):
    """A loan against stock and how its pool covers it, as it was last valued."""

    deal: UUID
    number: str
    loan: LoanOut
    level: str = Field(description="COVERED, WARNING, CALL or LIQUIDATION")
    worth: int = Field(description="Goods at the lower of cost and price, fen")
    value: int = Field(description="What may be lent against of that, fen")
    exposure: int = Field(description="All that is owed, or to be paid out, fen")
    floor: int = Field(description="The least value it must rest on, fen")
    free: int = Field(description="The value above the floor: so much may be taken out, fen")
    percent: Decimal | None = Field(description="Owed of the value, per cent")
    valued_at: datetime | None


class StockLoanDetail(StockLoanOut):
    """The same with what was brought, the call that stands, and the rules."""

    margins: dict[str, Any] = Field(description="The lender's rules as written into the loan")
    lodgings: list[LodgingOut]
    call: MarginCallOut | None
    cure_cash: int = Field(description="What repaying today would bring it back to its floor, fen")
    cure_goods: int = Field(description="Or goods of so much lendable value, fen")


class MarkOut(Schema):
    """How a pool stood, once a day."""

    at: datetime
    cause: str
    worth: Fen
    value: Fen
    exposure: Fen
    floor: Fen
    level: str


class LeaveBeIn(Sent):
    """Why it is called off."""

    reason: Text = ""


@router.get("/stock-programmes", response=list[StockProgrammeOut])
def list_stock_programmes(request: TypedRequest) -> list[dict[str, Any]]:
    """The programmes under which goods of the asker's sellers are lent against."""
    return [
        {
            **{
                name: getattr(one, name)
                for name in ("id", "name", "name_zh", "lender", "seller", "days_options")
            },
            "margins": MarginsOut.from_orm(one.margin_rules),
        }
        for one in stock_loan.offered(request.actor)
    ]


@router.post("/programmes/{programme}/margins", response={200: MarginsOut, 202: ApprovalOut})
def set_margins(
    request: TypedRequest, programme: UUID, payload: MarginsIn, key: Key
) -> HttpResponse:
    """The lender lends against stock by these rules from now on. 202 when others at the lender must
    agree first."""

    def do(at: datetime) -> tuple[int, MarginsOut | ApprovalOut]:
        said = payload.model_dump()
        wanted = {
            name: Decimal(value) if isinstance(value, str) else value
            for name, value in said.items()
        }
        rules = programmes.set_margins(programme, wanted, actor=request.actor, at=at)
        if programmes.is_asked(rules):
            return 202, ApprovalOut.from_orm(rules)
        return 200, MarginsOut.from_orm(rules)

    return write(request, key, payload, do)


@router.post("/stock-loans/preview", response=StockPreviewOut)
def preview_stock_loan(request: TypedRequest, payload: StockPreviewIn) -> dict[str, Any]:
    """What goods out of the asker's own house would count for today. Nothing is kept."""
    seen = stock_loan.preview_for(
        request.actor, payload.programme, goods_of(payload.goods), at=clock.now()
    )
    return {
        "worth": seen.valued.worth,
        "value": seen.valued.value,
        "most": seen.most,
        "goods": [
            {
                "sku": line.lying.sku,
                "quantity": line.lying.quantity,
                "unit_worth": line.unit,
                "worth": line.worth,
                "value": line.value,
                "why": line.why,
            }
            for line in seen.valued.lines
        ],
    }


@router.post("/stock-loans", response={201: StockLoanDetail})
def ask_for_stock_loan(request: TypedRequest, payload: StockLoanIn, key: Key) -> HttpResponse:
    """Ask for a loan against goods in the asker's own house. Sign it like any deal's
    (`POST /deals/{ref}/sign`), then send the goods."""

    def do(at: datetime) -> tuple[int, StockLoanDetail]:
        wish = Wish(
            payload.programme,
            goods_of(payload.goods),
            payload.amount,
            payload.days,
            payload.keeper,
        )
        made = stock_loan.ask(wish, actor=request.actor, at=at)
        return 201, _detail(request.actor, made.number, at)

    return write(request, key, payload, do)


@router.get("/stock-loans", response=Page[StockLoanOut])
def list_stock_loans(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The loans against stock that the asker took or gave, newest first."""
    actor = request.actor
    found = page(
        request, response, pools.visible_to(actor), paging, by=("-id",), show=lambda row: row
    )
    return {**found, "items": _rows(actor, found["items"])}


@router.get("/stock-loans/{ref}", response=StockLoanDetail)
def get_stock_loan(request: TypedRequest, ref: Ref) -> StockLoanDetail:
    """One of them with its goods, its call and its rules."""
    return _detail(request.actor, ref, clock.now())


@router.get("/stock-loans/{ref}/marks", response=list[MarkOut])
def list_marks(request: TypedRequest, ref: Ref) -> list[Any]:
    """How its pool stood on each day it was valued, the last 90, oldest first."""
    return pools.history(pool_of(request.actor, ref))


@router.post("/stock-loans/{ref}/call-off", response=StockLoanDetail)
def leave_stock_loan(request: TypedRequest, ref: Ref, payload: LeaveBeIn, key: Key) -> HttpResponse:
    """Leave the loan be before it is paid out; goods that were counted come free."""

    def do(at: datetime) -> tuple[int, StockLoanDetail]:
        pool = pool_of(request.actor, ref)
        stock_loan.call_off(pool.deal_id, actor=request.actor, reason=payload.reason, at=at)
        return 200, _detail(request.actor, ref, at)

    return write(request, key, payload, do)


@router.get("/margin-calls", response=Page[MarginCallOut])
def list_margin_calls(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The margin calls the asker got or made, newest first."""
    rows = pools.calls_visible_to(request.actor)
    return page(request, response, rows, paging, by=("-called_at", "-id"), show=_call)


def _rows(actor: Actor, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Pools with their loans, in one statement more however many there are."""
    loans = lending.visible_to(actor).filter(deal__in=[one.deal_id for one in found])
    by_deal = {loan.deal: loan for loan in loans}
    return [
        {
            "deal": one.deal_id,
            "number": one.deal.number,
            "loan": LoanOut.from_orm(by_deal[one.deal_id]),
            "valued_at": one.marked_at,
            **{
                name: getattr(one, name)
                for name in ("level", "worth", "value", "exposure", "floor", "free", "percent")
            },
        }
        for one in found
        if one.deal_id in by_deal
    ]


def _detail(actor: Actor, ref: str, at: datetime) -> StockLoanDetail:
    pool = pool_of(actor, ref)
    loan = lending.of_deal(pool.deal_id, actor)
    assert loan is not None  # whoever sees the pool sees its loan
    call = pools.standing_call(pool)
    cure = taking_out.if_taken(loan, {}, at=at).cure
    return StockLoanDetail(
        **_rows(actor, [pool])[0],
        margins=loan.margin_rules or {},
        lodgings=[lodging_out(one) for one in pools.lodgings_of(pool.deal)],
        call=MarginCallOut(**_call(call)) if call else None,
        cure_cash=cure.cash,
        cure_goods=cure.goods,
    )


def _call(call: Any) -> dict[str, Any]:
    names = ("id", "number", "status", "called_at", "until", "value", "exposure", "cash", "goods")
    said = {name: getattr(call, name) for name in names}
    return {**said, "deal_number": call.pool.deal.number}
