"""Goods that a borrower brings for its loan, in place of others too, and those it takes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Path, Router, Schema

from heliu.api.fields import Goods, Line, Quantity, Ref, Sent, id_or_number
from heliu.api.pledges import ReleaseOut
from heliu.api.shipments import ShipmentOut
from heliu.api.writes import Key, write
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.trade import deals, lodging, pools, taking_out

router = Router()
MOST_GOODS = 500


class GoodsLine(Sent):
    """So many pieces of goods."""

    sku: UUID
    quantity: Quantity


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


@router.post("/stock-loans/{ref}/lodgings", response={201: LodgingOut})
def bring_goods(request: TypedRequest, ref: Ref, payload: LodgingIn, key: Key) -> HttpResponse:
    """Announce more goods out of the asker's own house; they are set aside there."""

    def do(at: datetime) -> tuple[int, LodgingOut]:
        pool = pool_of(request.actor, ref)
        made = lodging.announce(pool.deal_id, goods_of(payload.goods), actor=request.actor, at=at)
        return 201, lodging_out(made)

    return write(request, key, payload, do)


@router.post("/stock-loans/{ref}/swaps", response={201: LodgingOut})
def swap_goods(request: TypedRequest, ref: Ref, payload: SwapIn, key: Key) -> HttpResponse:
    """Announce goods in place of others of the same families; those leave when these are counted
    and worth no less."""

    def do(at: datetime) -> tuple[int, LodgingOut]:
        pool = pool_of(request.actor, ref)
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
        pool = pool_of(request.actor, ref)
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
        pool = pool_of(request.actor, ref)
        return 200, lodging_out(
            lodging.call_off(pool.deal_id, lodging_number, actor=request.actor, at=at)
        )

    return write(request, key, None, do)


@router.post("/stock-loans/{ref}/take-out", response={201: ReleaseOut})
def take_goods_out(request: TypedRequest, ref: Ref, payload: LodgingIn, key: Key) -> HttpResponse:
    """Take goods out; what is left must be worth the floor (else 409, below-floor). The pick-up
    code comes with a notice, as ever."""

    def do(at: datetime) -> tuple[int, ReleaseOut]:
        pool = pool_of(request.actor, ref)
        freed = taking_out.take_out(
            pool.deal_id, goods_of(payload.goods), actor=request.actor, key=key, at=at
        )
        return 201, ReleaseOut.from_orm(freed.release_order)

    return write(request, key, payload, do)


def pool_of(actor: Actor, ref: str) -> Any:
    """The pool of a loan against stock that the asker may see."""
    return pools.get(actor, deals.get(actor, id_or_number(ref)).number)


def goods_of(lines: Sequence[GoodsLine]) -> dict[UUID, int]:
    """Pieces by kind; a kind named twice is one line."""
    goods: dict[UUID, int] = {}
    for line in lines:
        goods[line.sku] = goods.get(line.sku, 0) + line.quantity
    return goods


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
