"""Sales of pledged goods of dealers in default: asked for, paid, called off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.approvals import ApprovalOut
from heliu.api.deals import ReasonIn
from heliu.api.fields import (
    LARGEST,
    Amount,
    Currency,
    Flag,
    Line,
    Quantity,
    Ref,
    Sent,
    Text,
    Whole,
    id_or_number,
)
from heliu.api.paging import Page, Paging, page
from heliu.api.payments import PaymentOut
from heliu.api.writes import Key, write
from heliu.capital.lending.policies.allocating import SaleCosts
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.trade import deals, liquidation, sales

router = Router()

Status = Literal["ASKED", "AGREED", "SOLD", "CALLED_OFF"]
Cost = Annotated[int, Field(ge=0, le=LARGEST, description="Minor units (fen)"), Whole]


class SoldGoods(Schema):
    """So many units of one kind of goods."""

    sku: UUID
    quantity: int


class PaidBySale(Schema):
    """What the money of a sale paid, in the order in which it did."""

    costs: int = Field(description="Of the sale, storage and custody")
    fee: int
    penalty: int
    interest: int
    principal: int
    unapplied: int = Field(description="The surplus, which goes back to the borrower")


class SaleOut(Schema):
    """A sale of goods of an enforced loan."""

    id: UUID
    number: str
    deal: UUID
    status: Status
    buyer: UUID | None = Field(description="Null: somebody who is not on the platform")
    buyer_name: str
    goods: list[SoldGoods]
    quantity: int
    price: int
    agreed_at: datetime | None
    paid_at: datetime | None
    called_off_at: datetime | None


class SaleDetail(SaleOut):
    """A sale with what only the lender and the borrower see; empty for the buyer."""

    value: int | None = Field(description="What the goods secure")
    reserve: int | None = Field(description="What they should bring")
    sale_costs: int | None
    custody_costs: int | None
    paid: PaidBySale | None


class GoodsIn(Sent):
    """So many units of one kind of bound goods."""

    sku: UUID
    quantity: Quantity


class SaleIn(Sent):
    """What is sold, to whom and for how much: to an organisation here, or to somebody else."""

    buyer: UUID | None = Field(None, description="An organisation here; it pays through its bank")
    buyer_name: Line = Field("", description="Of a buyer who is not on the platform")
    goods: list[GoodsIn] | None = Field(
        None, max_length=1_000, description="Null: all goods that are bound"
    )
    price: Amount
    sale_costs: Cost = 0
    custody_costs: Cost = 0
    currency: Currency = "CNY"
    below_reserve: Flag = Field(
        False, description="Whether to sell below what the goods should bring"
    )
    reason: Text = Field(min_length=1, description="Kept, and shown to who must agree")


class ReceiptIn(Sent):
    """Money of a buyer from outside that the lender has received."""

    reference: Line = Field(min_length=1, description="What the bank slip says")
    value_day: date | None = Field(None, description="Null: today")


@router.get("/sales", response=Page[SaleOut])
def list_sales(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    deal: Annotated[UUID | None, Query(description="Only of this deal")] = None,
) -> dict[str, object]:
    """The sales the asker makes as the lender, buys in, or whose goods were its own, newest
    first."""
    rows = sales.visible_to(request.actor)
    rows = rows.filter(deal=deal) if deal else rows
    return page(request, response, rows, paging, by=("-asked_at", "-id"), show=_shown)


@router.get("/sales/{ref}", response=SaleDetail)
def get_sale(request: TypedRequest, ref: Ref) -> dict[str, object]:
    """One sale and, for lender and borrower, what its money paid."""
    found = sales.get(request.actor, id_or_number(ref))
    is_theirs = bool({found.lender, found.dealer} & set(request.actor.orgs))
    private = ("value", "reserve", "sale_costs", "custody_costs")
    return {
        **_shown(found),
        **{name: getattr(found, name) if is_theirs else None for name in private},
        "paid": sales.paid(found) if is_theirs else None,
    }


@router.post("/deals/{ref}/sales", response={202: ApprovalOut})
def ask_to_sell(request: TypedRequest, ref: Ref, payload: SaleIn, key: Key) -> HttpResponse:
    """Ask to sell goods of an enforced loan; another person at the lender agrees."""
    goods = _goods(payload)

    def do(at: datetime) -> tuple[int, ApprovalOut]:
        terms = liquidation.Terms(
            price=payload.price,
            buyer=payload.buyer,
            buyer_name=payload.buyer_name,
            goods=goods,
            costs=SaleCosts(payload.sale_costs, payload.custody_costs),
            below_reserve=payload.below_reserve,
        )
        deal = deals.get(request.actor, id_or_number(ref))
        asked = liquidation.ask_to_sell(
            deal.pk, terms, actor=request.actor, reason=payload.reason, at=at
        )
        return 202, ApprovalOut.from_orm(asked)

    return write(request, key, payload, do)


@router.post("/sales/{ref}/payment", response={202: PaymentOut})
def pay_for_sale(request: TypedRequest, ref: Ref, key: Key) -> HttpResponse:
    """The buyer pays through its bank. The goods are its own when the bank has booked it."""

    def do(at: datetime) -> tuple[int, PaymentOut]:
        sale = sales.get(request.actor, id_or_number(ref))
        paid = liquidation.pay_for(sale.pk, actor=request.actor, at=at)
        return 202, PaymentOut.from_orm(paid)

    return write(request, key, None, do)


@router.post("/sales/{ref}/receipt", response=SaleOut)
def note_receipt(request: TypedRequest, ref: Ref, payload: ReceiptIn, key: Key) -> HttpResponse:
    """The lender writes down the money of a buyer who is not on the platform."""

    def do(at: datetime) -> tuple[int, SaleOut]:
        sale = sales.get(request.actor, id_or_number(ref))
        sale = liquidation.note_receipt(
            sale.pk,
            actor=request.actor,
            reference=payload.reference,
            value_day=payload.value_day or day_of(at),
            at=at,
        )
        return 200, SaleOut.model_validate(_shown(sale))

    return write(request, key, payload, do)


@router.post("/sales/{ref}/call-off", response=SaleOut)
def call_off_sale(request: TypedRequest, ref: Ref, payload: ReasonIn, key: Key) -> HttpResponse:
    """The buyer does not pay: the lender calls the sale off, and the goods stay bound."""

    def do(at: datetime) -> tuple[int, SaleOut]:
        sale = sales.get(request.actor, id_or_number(ref))
        sale = liquidation.call_off(sale.pk, actor=request.actor, reason=payload.reason, at=at)
        return 200, SaleOut.model_validate(_shown(sale))

    return write(request, key, payload, do)


def _goods(payload: SaleIn) -> dict[UUID, int] | None:
    if payload.goods is None:
        return None
    goods = {line.sku: line.quantity for line in payload.goods}
    if len(goods) != len(payload.goods):
        raise Invalid("line-twice", "Each kind of goods stands once.", field="goods")
    return goods


def _shown(sale: Any) -> dict[str, Any]:
    plain = ("id", "number", "buyer", "buyer_name", "quantity", "price")
    times = ("agreed_at", "paid_at", "called_off_at")
    return {
        **{name: getattr(sale, name) for name in (*plain, *times)},
        "deal": sale.deal_id,
        "status": sale.status.value,
        "goods": [{"sku": sku, "quantity": quantity} for sku, quantity in sale.quantities.items()],
    }
