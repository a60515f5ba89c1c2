"""Goods that the dealer of a financed order brings: in place of pledged ones, or to cover a loan
again when goods came short."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from ninja import Field, Path, Router, Schema

from heliu.api.fields import Ref, Text, id_or_number
from heliu.api.lodgings import CarriedIn, LodgingIn, LodgingOut, SwapIn, goods_of, lodging_out
from heliu.api.shipments import ShipmentOut
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.trade import deals, exchange, lodging, pools

router = Router()

Number = Annotated[int, Path(ge=1, le=32_767, description="Of the lodging")]


class ExchangeIn(SwapIn):
    """Goods that come in, goods that leave for them, and why, for the lender."""

    reason: Text = ""


class IfExchangedOut(Schema):
    """What an exchange would do, at what goods cost; fen."""

    comes: int
    leaves: int
    bound: int = Field(description="Pledged now")
    bound_then: int = Field(description="Pledged once it is done")


@router.get("/deals/{ref}/lodgings", response=list[LodgingOut])
def list_brought(request: TypedRequest, ref: Ref) -> list[LodgingOut]:
    """What the dealer brought for its loan, or will; for dealer and lender."""
    deal = deals.get(request.actor, id_or_number(ref))
    return [lodging_out(one) for one in pools.lodgings_of(deal)]


@router.post("/deals/{ref}/lodgings", response={201: LodgingOut})
def bring_for_order(request: TypedRequest, ref: Ref, payload: LodgingIn, key: Key) -> HttpResponse:
    """Goods came short and the others do not cover the debt: bring more out of the asker's own
    house. 409 (nothing-short) while they do."""

    def do(at: datetime) -> tuple[int, LodgingOut]:
        deal = exchange.of_dealer(request.actor, id_or_number(ref))
        made = exchange.bring(deal.pk, goods_of(payload.goods), actor=request.actor, at=at)
        return 201, lodging_out(made)

    return write(request, key, payload, do)


@router.post("/deals/{ref}/exchanges/preview", response=IfExchangedOut)
def preview_exchange(request: TypedRequest, ref: Ref, payload: SwapIn) -> exchange.IfExchanged:
    """What an exchange of pledged goods would do. Nothing is kept, and nobody is asked."""
    deal = exchange.of_dealer(request.actor, id_or_number(ref))
    return exchange.if_exchanged(
        deal.pk, goods_of(payload.goods_in), goods_of(payload.goods_out), actor=request.actor
    )


@router.post("/deals/{ref}/exchanges", response={201: LodgingOut})
def ask_for_exchange(
    request: TypedRequest, ref: Ref, payload: ExchangeIn, key: Key
) -> HttpResponse:
    """Ask the lender to let pledged goods go for others of the same families that cost no less.
    When it agrees, send those; the others leave when the keeper has counted them."""

    def do(at: datetime) -> tuple[int, LodgingOut]:
        deal = exchange.of_dealer(request.actor, id_or_number(ref))
        made = exchange.ask(
            deal.pk, goods_of(payload.goods_in), goods_of(payload.goods_out),
            actor=request.actor, reason=payload.reason, at=at,
        )  # fmt: skip
        return 201, lodging_out(made)

    return write(request, key, payload, do)


@router.post("/deals/{ref}/lodgings/{lodging_number}/shipment", response={201: ShipmentOut})
def send_for_order(
    request: TypedRequest, ref: Ref, lodging_number: Number, payload: CarriedIn, key: Key
) -> HttpResponse:
    """Goods that are announced leave for the supervised warehouse; they stay the asker's."""

    def do(at: datetime) -> tuple[int, ShipmentOut]:
        deal = exchange.of_dealer(request.actor, id_or_number(ref))
        shipment = lodging.send(
            deal.pk, lodging_number, actor=request.actor, carrier=payload.carrier, at=at
        )
        return 201, ShipmentOut.from_orm(shipment)

    return write(request, key, payload, do)


@router.post("/deals/{ref}/lodgings/{lodging_number}/call-off", response=LodgingOut)
def drop_for_order(
    request: TypedRequest, ref: Ref, lodging_number: Number, key: Key
) -> HttpResponse:
    """Goods that were not sent stay in the asker's house after all, and the lender is asked no
    more."""

    def do(at: datetime) -> tuple[int, LodgingOut]:
        deal = exchange.of_dealer(request.actor, id_or_number(ref))
        return 200, lodging_out(
            lodging.call_off(deal.pk, lodging_number, actor=request.actor, at=at)
        )

    return write(request, key, None, do)
