"""Loans against stock: asking for one, the goods that come and go, how they cover, margin calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from heliu.api.approvals import ApprovalOut
from heliu.api.fields import (
    Amount,
    Days,
    Goods,
    Line,
    Quantity,
    Ref,
    Sent,
    Text,
    Whole,
    id_or_number,
)
from heliu.api.loans import LoanOut
from heliu.api.paging import Page, Paging, page
from heliu.api.pledges import ReleaseOut
from heliu.api.shipments import ShipmentOut
from heliu.api.writes import Key, write
from heliu.capital.lending import queries as lending
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.trade import deals, lodging, pools, programmes, stock_loan, taking_out
from heliu.trade.stock_loan import Wish

router = Router()

MOST_GOODS = 500
Share = Annotated[
    str,
    Field(pattern=r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$", description='A share such as "0.6"'),
]
Fen = Annotated[int, Field(description="Minor units (fen)")]
ShortDays = Annotated[int, Field(ge=1, le=366), Whole]


class GoodsLine(Sent):
    """So many pieces of goods."""

    sku: UUID
    quantity: Quantity


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


class LodgedLine(Schema):
    """Goods that are brought."""

    sku: Goods
    quantity: int
    unit_cost: int = Field(description="Fen a piece, by the order that bought it")
    bought_by: str


class LeavingLine(Schema):
    """Goods that leave for others."""

    sku: UUID
    quantity: int


class LodgingOut(Schema):
    """Goods that are brought to the keeper in one consignment."""

    number: int
    kind: str = Field(description="OFFER, TOP_UP or SWAP")
    status: str = Field(
        description="ASKED (the lender, about an order's), ANNOUNCED, SENT, COUNTED or CALLED_OFF"
    )
    shipment: UUID | None
    lines: list[LodgedLine]
    goods_out: list[LeavingLine] = Field(description="What leaves for them, of a SWAP")


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


class LodgingIn(Sent):
    """Goods to be brought."""

    goods: list[GoodsLine] = Field(min_length=1, max_length=MOST_GOODS)


class SwapIn(Sent):
    """Goods that come in, and goods that leave for them once they are counted."""

    goods_in: list[GoodsLine] = Field(min_length=1, max_length=MOST_GOODS)
    goods_out: list[GoodsLine] = Field(min_length=1, max_length=MOST_GOODS)


class CarriedIn(Sent):
    """Who carries the goods."""

    carrier: Line = ""


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
    return pools.history(_pool(request.actor, ref))


@router.post("/stock-loans/{ref}/lodgings", response={201: LodgingOut})
def bring_goods(request: TypedRequest, ref: Ref, payload: LodgingIn, key: Key) -> HttpResponse:
    """Announce more goods out of the asker's own house; they are set aside there."""

    def do(at: datetime) -> tuple[int, LodgingOut]:
        pool = _pool(request.actor, ref)
        made = lodging.announce(pool.deal_id, goods_of(payload.goods), actor=request.actor, at=at)
        return 201, lodging_out(made)

    return write(request, key, payload, do)


@router.post("/stock-loans/{ref}/swaps", response={201: LodgingOut})
def swap_goods(request: TypedRequest, ref: Ref, payload: SwapIn, key: Key) -> HttpResponse:
    """Announce goods in place of others of the same families; those leave when these are counted
    and worth no less."""

    def do(at: datetime) -> tuple[int, LodgingOut]:
        pool = _pool(request.actor, ref)
        made = taking_out.ask_swap(
            pool.deal_id,
            goods_of(payload.goods_in),
            goods_of(payload.goods_out),
            actor=request.actor,
            at=at,
        )
        return 201, lodging_out(made)

    return write(request, key, payload, do)


@router.post("/stock-loans/{ref}/lodgings/{lodging_number}/shipment", response={201: ShipmentOut})
def send_goods(
    request: TypedRequest,
    ref: Ref,
    lodging_number: Annotated[int, Path(ge=1, le=32_767, description="Of the lodging")],
    payload: CarriedIn,
    key: Key,
) -> HttpResponse:
    """Announced goods leave for the supervised warehouse; they stay the asker's."""

    def do(at: datetime) -> tuple[int, ShipmentOut]:
        pool = _pool(request.actor, ref)
        shipment = lodging.send(
            pool.deal_id, lodging_number, actor=request.actor, carrier=payload.carrier, at=at
        )
        return 201, ShipmentOut.from_orm(shipment)

    return write(request, key, payload, do)


@router.post("/stock-loans/{ref}/lodgings/{lodging_number}/call-off", response=LodgingOut)
def drop_goods(
    request: TypedRequest,
    ref: Ref,
    lodging_number: Annotated[int, Path(ge=1, le=32_767, description="Of the lodging")],
    key: Key,
) -> HttpResponse:
    """Announced goods stay in the asker's house after all."""

    def do(at: datetime) -> tuple[int, LodgingOut]:
        pool = _pool(request.actor, ref)
        return 200, lodging_out(
            lodging.call_off(pool.deal_id, lodging_number, actor=request.actor, at=at)
        )

    return write(request, key, None, do)


@router.post("/stock-loans/{ref}/take-out", response={201: ReleaseOut})
def take_goods_out(request: TypedRequest, ref: Ref, payload: LodgingIn, key: Key) -> HttpResponse:
    """Take goods out; what is left must be worth the floor (else 409, below-floor). The pick-up
    code comes with a notice, as ever."""

    def do(at: datetime) -> tuple[int, ReleaseOut]:
        pool = _pool(request.actor, ref)
        freed = taking_out.take_out(
            pool.deal_id, goods_of(payload.goods), actor=request.actor, key=key, at=at
        )
        return 201, ReleaseOut.from_orm(freed.release_order)

    return write(request, key, payload, do)


@router.post("/stock-loans/{ref}/call-off", response=StockLoanDetail)
def leave_stock_loan(request: TypedRequest, ref: Ref, payload: LeaveBeIn, key: Key) -> HttpResponse:
    """Leave the loan be before it is paid out; goods that were counted come free."""

    def do(at: datetime) -> tuple[int, StockLoanDetail]:
        pool = _pool(request.actor, ref)
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


def _pool(actor: Actor, ref: str) -> Any:
    return pools.get(actor, deals.get(actor, id_or_number(ref)).number)


def goods_of(lines: Sequence[GoodsLine]) -> dict[UUID, int]:
    """Pieces by kind; a kind named twice is one line."""
    goods: dict[UUID, int] = {}
    for line in lines:
        goods[line.sku] = goods.get(line.sku, 0) + line.quantity
    return goods


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
    pool = _pool(actor, ref)
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


def lodging_out(made: Any) -> LodgingOut:
    """A lodging as it is told."""
    return LodgingOut(
        number=made.number,
        kind=made.kind,
        status=made.status,
        shipment=made.shipment_id,
        lines=[
            LodgedLine(
                sku=Goods.model_validate(line.sku),
                quantity=line.quantity,
                unit_cost=line.unit_cost,
                bought_by=line.bought_by,
            )
            for line in made.lines.select_related("sku")
        ],
        goods_out=[
            LeavingLine(sku=sku, quantity=quantity) for sku, quantity in made.goods_out.items()
        ],
    )


def _call(call: Any) -> dict[str, Any]:
    names = ("id", "number", "status", "called_at", "until", "value", "exposure", "cash", "goods")
    said = {name: getattr(call, name) for name in names}
    return {**said, "deal_number": call.pool.deal.number}
