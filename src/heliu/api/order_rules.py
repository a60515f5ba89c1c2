"""What a seller wants of one order: its least worth, and the packs its goods come in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Flag, Goods, Quantity, Sent, Whole
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.commerce.catalogue import operations, own
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.goods.queries import packed
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties import queries
from heliu.trade import tiers

router = Router()

Least = Annotated[
    int, Field(ge=0, le=parties.MOST_LEAST, description="Minor units; 0 takes any order"), Whole
]


class LeastOrderOut(Schema):
    """What one order to the asker's house comes to at least."""

    least_order: int


class LeastOrderIn(Sent):
    """The same, of all buyers who have no word of their own."""

    least_order: Least


class BuyerLeastOut(Schema):
    """What one order of a buyer comes to at least."""

    buyer: UUID
    least_order: int
    is_own: bool = Field(description="False: as for the others")
    may_wait: bool = Field(description="Whether it may order what is still to come")
    wait_is_own: bool = Field(description="False: as its tier has it")


class BuyerLeastIn(Sent):
    """The same of one buyer; null is as for the others."""

    least_order: Least | None
    may_wait: Flag | None = Field(
        None, description="Whether it may order what is still to come; null: as its tier has it"
    )


class PackRuleOut(Schema):
    """In what quantities goods are ordered, in smallest units."""

    sku: Goods
    order_minimum: int
    order_multiple: int


class PackRuleIn(Sent):
    """The same; 1 and 1 take any quantity."""

    order_minimum: Quantity
    order_multiple: Quantity


@router.get("/order-rules", response=LeastOrderOut)
def get_order_rules(request: TypedRequest) -> LeastOrderOut:
    """What an order to the asker's house comes to at least."""
    return LeastOrderOut(least_order=queries.own_least(request.actor))


@router.put("/order-rules", response=LeastOrderOut)
def set_order_rules(request: TypedRequest, payload: LeastOrderIn, key: Key) -> HttpResponse:
    """Orders of less are refused from now on, by whichever door (`below-least-order`)."""

    def do(_at: datetime) -> tuple[int, LeastOrderOut]:
        parties.set_least_order(payload.least_order, actor=request.actor)
        return 200, LeastOrderOut(least_order=payload.least_order)

    return write(request, key, payload, do)


@router.get("/order-rules/buyers", response=Page[BuyerLeastOut])
def list_buyer_rules(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The buyers of whom something of their own is wanted."""
    rows = queries.own_leasts(request.actor)
    return page(request, response, rows, paging, by=("buyer",), show=_buyer)


@router.put("/order-rules/buyers/{buyer}", response=BuyerLeastOut)
def set_buyer_rule(
    request: TypedRequest, buyer: UUID, payload: BuyerLeastIn, key: Key
) -> HttpResponse:
    """Want something else of one buyer's orders."""

    def do(_at: datetime) -> tuple[int, BuyerLeastOut]:
        actor = request.actor
        parties.set_least_order(payload.least_order, actor=actor, buyer=buyer)
        tiers.set_waiting(payload.may_wait, buyer=buyer, actor=actor)
        return 200, BuyerLeastOut.model_validate(_buyer(queries.waiting_of(actor, buyer)))

    return write(request, key, payload, do)


@router.get("/order-rules/goods", response=Page[PackRuleOut])
def list_pack_rules(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The asker's goods that are not sold in any quantity, by code."""
    rows = packed(request.actor)
    return page(request, response, rows, paging, by=("code", "id"), show=_pack)


@router.put("/order-rules/goods/{sku}", response=PackRuleOut)
def set_pack_rule(request: TypedRequest, sku: UUID, payload: PackRuleIn, key: Key) -> HttpResponse:
    """Say in what quantities goods are ordered; another has no price from now on."""

    def do(_at: datetime) -> tuple[int, PackRuleOut]:
        actor = request.actor
        actor.require("sell")
        code = own.article(actor, sku).code
        wanted = operations.Article(code=code, **payload.model_dump())
        made = operations.write_articles([wanted], actor=actor, seller=actor.own_org)
        return 200, PackRuleOut.model_validate(_pack(made[code]))

    return write(request, key, payload, do)


def _buyer(link: Any) -> dict[str, object]:
    return {
        "buyer": link.buyer,
        "least_order": link.least_order,
        "is_own": link.least_is_own,
        "may_wait": link.may_wait,
        "wait_is_own": link.wait_is_own,
    }


def _pack(sku: Any) -> dict[str, object]:
    return {
        "sku": sku,
        "order_minimum": sku.order_minimum,
        "order_multiple": sku.order_multiple,
    }
