"""Money of an order that moved outside of the platform: what was paid, what was paid back."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import Amount, Line, Ref, Sent, Theirs, id_or_number
from heliu.api.orders import OrderDetail, order_detail, order_id_of
from heliu.api.writes import Key, write
from heliu.commerce.ordering import queries
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.money import require_in
from heliu.trade import deals, open_account

router = Router()


class PaymentMade(Sent):
    """Money that moved between buyer and seller, outside of the platform."""

    amount: Amount
    currency: Theirs = None
    value_day: date | None = Field(None, description="Null: today")
    reference: Line = Field("", description="What the bank slip says")


class RefundOut(Schema):
    """What a seller wrote down that it had paid back."""

    key: str
    amount: int
    value_day: date
    reference: str
    by_name: str
    at: datetime


class RefundBack(Sent):
    """Which refund was written down by mistake."""

    refund: Line = Field(min_length=1, description="Its `key`")


@router.post("/orders/{ref}/payments", response={201: OrderDetail})
def record_payment(request: TypedRequest, ref: Ref, payload: PaymentMade, key: Key) -> HttpResponse:
    """The seller writes down what the buyer paid on terms, whole or in part: its credit is free.

    Where the seller owes for short or damaged goods that were paid, and nothing is owed to it, it
    is what the seller paid back. `more-than-owed` and `nothing-owed` (409) change nothing.
    """
    actor = request.actor

    def do(at: datetime) -> tuple[int, OrderDetail]:
        order = queries.get(actor, id_or_number(ref))
        require_in(order.currency, payload.currency or "", field="currency")
        open_account.settle(
            order.pk,
            actor=actor,
            amount=payload.amount,
            value_day=payload.value_day or day_of(at),
            reference=payload.reference,
            key=key,
            at=at,
        )
        return 201, order_detail(actor, ref)

    return write(request, key, payload, do)


@router.get("/orders/{ref}/refunds", response=list[RefundOut])
def list_refunds(request: TypedRequest, ref: Ref) -> list[RefundOut]:
    """What the seller wrote down of its own payments back and may take back, the newest first."""
    deal = deals.of_order(request.actor, order_id_of(request.actor, ref))
    found = open_account.refunds_by_hand(request.actor, deal)
    return [RefundOut(key=one.key, by_name=one.actor_name, at=one.at, **one.data) for one in found]


@router.post("/orders/{ref}/refunds/take-back", response=OrderDetail)
def take_refund_back(
    request: TypedRequest, ref: Ref, payload: RefundBack, key: Key
) -> HttpResponse:
    """A refund was written down by mistake: the seller owes as much again; the buyer is told."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, OrderDetail]:
        open_account.unrefund(order_id_of(actor, ref), actor=actor, key=payload.refund, at=at)
        return 200, order_detail(actor, ref)

    return write(request, key, payload, do)
