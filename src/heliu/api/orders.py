"""Orders: placed by the buyer, confirmed by the seller, cancelled by either."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import field_validator

from heliu.api.addresses import PlaceOut
from heliu.api.fields import (
    PRINTABLE,
    Days,
    Goods,
    Line,
    Moment,
    Plain,
    Ref,
    Sent,
    Share,
    Text,
    id_or_number,
)
from heliu.api.order_lines import OrderIn, PartOut, Wanted, in_request, read_lines, refuse_unknown
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.capital.terms import queries as invoices
from heliu.commerce.ordering import queries
from heliu.commerce.ordering.parts import read
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.quotes import queries as quotes
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import Refused
from heliu.trade import back_orders, confirming, deals, open_account, place_order, side_exits
from heliu.trade.placed import Placed

router = Router()
OrderStatus = Literal[
    "PLACED", "CONFIRMED", "PART_SHIPPED", "SHIPPED", "RECEIVED", "COMPLETED", "CANCELLED"
]
PayBy = Literal["TRANSFER", "TERMS", "FINANCE"]


class OrderOut(Schema):
    """What a buyer bought from a seller at agreed prices."""

    id: UUID
    number: str
    external_id: str = Field(description="The buyer's own id")
    buyer: UUID
    seller: UUID
    warehouse: UUID = Field(description="The organisation that receives the goods")
    lender: UUID | None = Field(description="Who finances it")
    status: OrderStatus
    pay_by: PayBy
    currency: str
    total: int
    placed_by_name: str
    placed_at: datetime
    confirmed_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    remark: str = Field(description="What the buyer says to the seller")
    wanted_on: date | None = Field(description="The day on which the buyer wishes the goods")


ORDER = tuple(OrderOut.model_fields)


class DiscountOut(Plain):
    """What a promotion took off a line, by the promotion's words of then."""

    code: str
    name: str
    name_zh: str
    before: int = Field(description="What one smallest unit cost before it, minor units")
    after: int = Field(description="What it left of that")
    amount: int = Field(description="What it took off the line")


class RewardOut(Plain):
    """What a promotion gave the order as a whole, on some of its goods."""

    code: str
    name: str
    name_zh: str
    kind: Literal["ORDER", "GIFT"] = Field(
        description="ORDER: these goods' share of what was taken off; GIFT: pieces for free"
    )
    sku: UUID
    quantity: int
    amount: int = Field(description="Taken off, or what the pieces are worth, in minor units")


class OrderLineOut(Plain):
    """One SKU of an order, and how far its delivery went; quantities in smallest units."""

    id: int
    position: int
    sku: Goods
    quantity: int
    unit_price: int = Field(description="After promotions")
    amount: int = Field(description="After promotions; what is owed, invoiced and financed")
    discounts: list[DiscountOut] = Field(description="In the order in which they were applied")
    shipped: int
    received: int = Field(description="Arrived good")
    damaged: int = Field(description="Arrived damaged")
    missing: int = Field(description="Sent, and did not arrive")
    cancelled: int
    wanted_on: date | None = Field(description="A day of its own; null: the order's")
    parts: list[PartOut] = Field(description="Where it is wished by several days; else empty")

    @field_validator("parts", mode="before")
    @classmethod
    def _parts(cls, told: Any) -> Any:
        return list(read(told))


class OpenAccountOut(Schema):
    """What stands between buyer and seller of an order that no bank finances."""

    sent: int = Field(description="The price of what was sent on terms")
    interest: int = Field(description="What late payment cost")
    lost: int = Field(description="Of what came short or damaged")
    credited: int = Field(description="What of it is not owed")
    discounted: int = Field(description="What paying early saved")
    paid: int = Field(description="What the buyer paid of it")
    written_off: int = Field(description="What the seller gave up; the buyer owes it all the same")
    owed: int = Field(description="What the buyer owes now")
    refund: int = Field(description="What it had paid of the lost goods")
    refunded: int = Field(description="What of that the seller paid back")
    owed_back: int = Field(description="What the seller owes now")


class GoneLineOut(Plain):
    """A line that a change took out of its order, as it was."""

    id: int
    position: int
    sku: Goods
    quantity: int
    unit_price: int
    change: int = Field(description="By which change of the order")
    gone_at: datetime


class OrderDetail(OrderOut):
    """An order with its lines."""

    lines: list[OrderLineOut] = Field(
        description="Goods may stand in several: pieces for free, shares of an amount off"
    )
    gone_lines: list[GoneLineOut] = Field(description="Taken out by changes; nobody owes them")
    rewards: list[RewardOut] = Field(description="What promotions gave the order as a whole")
    quote: str = Field(description="The quote whose prices these are; empty where it is of none")
    ship_to: PlaceOut | None = Field(
        description="Where it goes, as the buyer's book had it; null where that was not said"
    )
    account: OpenAccountOut | None = Field(description="Null when a bank finances it")


class NewOrder(OrderIn):
    """An order to place."""

    pay_by: PayBy
    programme: UUID | None = Field(
        None, description="Of a financed order: whose offer was picked; by default the best"
    )
    deposit_ratio: Share | None = Field(
        None,
        description='Of a financed order, such as "0.2"; by default what the preview recommends',
    )
    days: Days | None = Field(None, description="Of a financed order: how long to borrow")
    remark: Text = ""
    external_id: Line = Field("", description="The buyer's own id, used once")
    wanted_on: date | None = Field(
        None, description="The day on which the goods are wished; null: as soon as can be"
    )
    address: UUID | None = Field(
        None,
        description="Where in the buyer's book it goes (`GET /addresses`); null: to the default."
        " A financed order names none",
    )
    waiting: Literal["APART", "TOGETHER"] | None = Field(
        None,
        description="Of goods that are still to come: APART wishes what is here now, the rest by"
        " the day it is expected; TOGETHER all of it by the last of these days",
    )
    cost_centre: UUID | None = Field(
        None, description="Who bears it in the buyer's house; by default that of whoever orders"
    )


class OrderPlaced(Schema):
    """The order is placed and its goods are set aside; the deal goes on from here."""

    order: OrderOut
    deal: UUID
    deal_number: str
    loan_number: str = Field(description="Empty when the order is not financed")
    loan_status: str = Field(
        description="QUOTED waits for the signature, REFERRED for a person at the bank"
    )


class Cancellation(Sent):
    """Why the order is called off."""

    reason: Text = ""


class OrderFilters(Schema):
    """What the list is narrowed by."""

    side: Literal["buyer", "seller", "lender"] | None = Field(
        None, description="On which side the asker stands"
    )
    status: list[OrderStatus] = Field([], max_length=7, description="Repeat it for several")
    pay_by: PayBy | None = None
    counterparty: UUID | None = Field(None, description="Only with this buyer or seller")
    q: str = Field(
        "", max_length=80, pattern=PRINTABLE, description="How SO-… or the external id begins"
    )
    placed_from: Moment | None = None
    placed_before: Moment | None = None


@router.get("/orders", response=Page[OrderOut])
def list_orders(
    request: TypedRequest,
    response: HttpResponse,
    wanted: Query[OrderFilters],
    paging: Query[Paging],
) -> dict[str, object]:
    """The orders the asker buys, sells or finances, newest first."""
    rows = queries.by_side(
        request.actor,
        side=wanted.side,
        statuses=wanted.status,
        pay_by=wanted.pay_by or "",
        counterparty=wanted.counterparty,
        text=wanted.q,
        placed_from=wanted.placed_from,
        placed_before=wanted.placed_before,
    )
    return page(request, response, rows, paging, by=("-placed_at", "-id"), show=OrderOut.from_orm)


@router.post("/orders", response={201: OrderPlaced}, summary="Place Order")
def place(request: TypedRequest, payload: NewOrder, key: Key) -> HttpResponse:
    """Place an order: its goods, and on terms or with finance its credit, are held, or nothing is.

    `approval-needed` (409) says that others of the house must agree first
    (`POST /purchase-requests`), `budget-short` that a budget or spending limit does not reach.
    `short`, `sold-out` and `stock-short` (409) say that there is not enough, `limit-short` that the
    credit is used up, `terms-overdue` and `terms-stopped` that orders on terms are stopped,
    `below-least-order` (422) that the seller wants more of one order, `address-gone` (422) that no
    such address is in the book. A financed order goes on with
    `POST /deals/{ref}/sign`.
    """
    actor = request.actor

    def do(at: datetime) -> tuple[int, OrderPlaced]:
        placed = _place(actor, payload, at)
        deal = placed.deal
        answer = shown(placed.order, deal.pk, deal.number, placed.loan)
        return 201, OrderPlaced.model_validate(answer)

    return write(request, key, payload, do)


@router.get("/orders/{ref}", response=OrderDetail)
def get_order(request: TypedRequest, ref: Ref) -> object:
    """One order with its lines, and what is owed on it."""
    return order_detail(request.actor, ref)


@router.post("/orders/{ref}/confirm", response=OrderOut)
def confirm_order(request: TypedRequest, ref: Ref, key: Key) -> HttpResponse:
    """The seller accepts; one paid by transfer when the money came. Financed ones do it alone.

    Where others of the house must agree (by the customer's tier, or its own rules) they are asked
    (`/approvals`) and the order stays PLACED until they have; `approval-waits` (409): they are.
    """
    actor = request.actor

    def do(at: datetime) -> tuple[int, OrderOut]:
        order_id = order_id_of(actor, ref)
        confirming.confirm(order_id, actor=actor, at=at)
        return 200, OrderOut.from_orm(queries.get(actor, order_id))

    return write(request, key, None, do)


@router.post("/orders/{ref}/cancel", response=OrderOut)
def cancel_order(request: TypedRequest, ref: Ref, payload: Cancellation, key: Key) -> HttpResponse:
    """Buyer or seller call an order off of which nothing was shipped; money goes back."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, OrderOut]:
        order_id = order_id_of(actor, ref)
        side_exits.cancel(order_id, actor=actor, reason=payload.reason, at=at)
        return 200, OrderOut.from_orm(queries.get(actor, order_id))

    return write(request, key, payload, do)


def order_detail(actor: Actor, ref: str) -> OrderDetail:
    """An order that the asker may see, with all that is told of it."""
    order: Any = queries.get(actor, id_or_number(ref))
    order.account = None
    given = pricing.given_on(actor, order)
    order.rewards = given.as_whole
    quote = quotes.of_order(order.pk)
    order.quote = quote.number if quote else ""
    for line in order.lines.all():
        line.discounts = given.off[line.pk]
    if order.lender is None:
        steps = deals.steps_of_order(order.pk, actor)
        order.account = open_account.account_of(steps, invoices.of_order(order.pk))
    return OrderDetail.from_orm(order)


def order_id_of(actor: Actor, ref: str) -> UUID:
    """The id of an order that the asker may see."""
    return queries.get(actor, id_or_number(ref)).pk


def _place(actor: Actor, asked: NewOrder, at: datetime) -> Placed:
    wanted = read_lines(actor, asked.seller, asked.lines)
    refuse_unknown(actor, asked.seller, wanted)
    try:
        return place_order.place(
            actor=actor,
            seller=asked.seller,
            lines=wanted.found,
            pay_by=asked.pay_by,
            warehouse=asked.warehouse,
            programme=asked.programme,
            deposit_ratio=asked.deposit_ratio,
            days=asked.days,
            remark=asked.remark,
            external_id=asked.external_id,
            cost_centre=asked.cost_centre,
            **wished_days(asked, wanted, at)._asdict(),
            address=asked.address,
            currency=asked.currency or "",
            at=at,
        )
    except Refused as refusal:
        in_request(refusal, wanted)
        raise


def wished_days(asked: NewOrder, wanted: Wanted, at: datetime) -> back_orders.Days:
    """The days on which an order is wished, with what was chosen for goods that are not there."""
    wished = back_orders.Days(asked.wanted_on, wanted.days, wanted.parts)
    return back_orders.arranged(asked.waiting or "", asked.seller, wanted.found, wished, at=at)


def shown(order: Any, deal: UUID, deal_number: str, loan: Any = None) -> dict[str, object]:
    """What is answered to whoever placed an order, as `OrderPlaced` describes it."""
    return {
        "order": {name: getattr(order, name) for name in ORDER},
        "deal": deal,
        "deal_number": deal_number,
        "loan_number": loan.number if loan else "",
        "loan_status": loan.status if loan else "",
    }
