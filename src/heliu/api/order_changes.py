"""Changes of orders after they were placed: asked for by the buyer, agreed to by its house and by
the seller, kept as versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema
from pydantic import field_validator

from heliu.api.addresses import PlaceOut
from heliu.api.fields import (
    MOST_LINES,
    Counted,
    Flag,
    Line,
    Plain,
    Quantity,
    Ref,
    Sent,
    Text,
    id_or_number,
)
from heliu.api.order_lines import PartOut
from heliu.api.writes import Key, write
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering import queries
from heliu.commerce.ordering.parts import MOST_PARTS, Part
from heliu.commerce.ordering.versions import Version
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import Invalid, NotFound
from heliu.trade import changing
from heliu.trade.change_terms import Wanted

router = Router()


class PartIn(Sent):
    """So many pieces of a line by a day."""

    wanted_on: date | None = Field(None, description="Null: as soon as can be")
    quantity: Quantity


class ChangedLineIn(Sent):
    """Goods by `sku` or `code`, and how much of them is wanted now: 0 strikes the line."""

    sku: UUID | None = None
    code: Line = Field("", description="The seller's code, or the barcode")
    quantity: Counted
    wanted_on: date | None = Field(
        None, description="A wished day of its own; left out, that of before stays"
    )
    parts: list[PartIn] = Field(
        [], max_length=MOST_PARTS, description="All of the line by several days; else empty"
    )


class OrderChangeIn(Sent):
    """What is to be another; what is left out stays as it is."""

    lines: list[ChangedLineIn] = Field([], max_length=MOST_LINES)
    wanted_on: date | None = Field(
        None, description="The wished day; null asks for as soon as can be"
    )
    remark: Text | None = None
    external_id: Line | None = Field(None, description="The buyer's own number, used once")
    address: UUID | None = Field(
        None,
        description="Where in the buyer's book it goes from now on; null: where it goes already."
        " Until something has left, and not of a financed order",
    )
    reason: Text = Field(
        "", description="For those of the buyer's house who must agree; needed where they must"
    )
    seen: int | None = Field(
        None,
        ge=0,
        description="How many changes of the order were made when it was read: with another in"
        " between it is refused (`order-moved`)",
    )


class VersionLineOut(Plain):
    """A line of a version."""

    sku: UUID
    code: str
    name: str
    name_zh: str
    quantity: int
    unit_price: int
    amount: int
    wanted_on: date | None
    parts: list[PartOut] = Field(description="Where it is wished by several days; else empty")


class VersionEarnedOut(Plain):
    """What a promotion gives the order as a whole."""

    code: str
    name: str
    name_zh: str
    off: int = Field(description="Off all of it, in minor units")
    gifts: list[tuple[str, int]] = Field(description="Goods for free: code and how many")


class OrderVersionOut(Plain):
    """What an order says."""

    wanted_on: date | None
    remark: str
    external_id: str
    total: int
    ship_to: PlaceOut | None
    earned: list[VersionEarnedOut] = Field(
        description="Promotions of the whole order; a change reckons them anew"
    )
    lines: list[VersionLineOut]

    @field_validator("earned", mode="before")
    @classmethod
    def _earned(cls, kept: Any) -> Any:
        return kept["told"] if kept else []


class OrderChangeOut(Schema):
    """A change: what the order was and what it is to be. It is so once it is MADE."""

    number: int = Field(description="Counts within the order")
    status: Literal["HOUSE", "SELLER", "MADE", "REFUSED", "WITHDRAWN", "OVERTAKEN"] = Field(
        description="HOUSE waits for the buyer's house, SELLER for the seller"
    )
    reason: str = Field(description="Told to the buyer's house alone")
    asked_by_name: str
    asked_at: datetime
    ended_by_name: str
    ended_at: datetime | None
    said: str = Field(description="With a no")
    before: OrderVersionOut
    after: OrderVersionOut


class ProposalOut(Schema):
    """What a change would come to; nothing is written."""

    before: OrderVersionOut
    after: OrderVersionOut
    rises: bool = Field(description="Something becomes more or dearer: the house's rules are asked")
    asks_seller: bool = Field(description="The order is confirmed: the seller must agree")


class ChangeAnswer(Sent):
    """The seller's word; a no needs a reason."""

    agrees: Flag
    reason: Text = ""


@router.get("/orders/{ref}/changes", response=list[OrderChangeOut])
def list_order_changes(request: TypedRequest, ref: Ref) -> list[OrderChangeOut]:
    """All changes of an order, the first first; the seller sees what the house has agreed to."""
    actor = request.actor
    order = queries.get(actor, id_or_number(ref))
    return [_shown(actor, one) for one in queries.changes_of(actor, order)]


@router.post("/orders/{ref}/changes/preview", response=ProposalOut)
def preview_order_change(
    request: TypedRequest, ref: Ref, payload: OrderChangeIn
) -> dict[str, object]:
    """What an order would be and come to. Changes nothing: no key."""
    actor = request.actor
    order = queries.get(actor, id_or_number(ref))
    seen = changing.propose(order.pk, _wanted(actor, order, payload), actor=actor, at=clock.now())
    return {
        "before": seen.before,
        "after": seen.after,
        "rises": seen.rises,
        "asks_seller": order.status != "PLACED" and seen.concerns_goods,
    }


@router.post("/orders/{ref}/changes", response={201: OrderChangeOut})
def change_order(request: TypedRequest, ref: Ref, payload: OrderChangeIn, key: Key) -> HttpResponse:
    """The buyer changes an order: quantities, lines, days, its own number, the remark.

    It is made at once (MADE) where nobody else has a say: what rises is asked of the buyer's house
    by its rules (HOUSE), and what concerns the goods of a confirmed order of the seller (SELLER);
    until then the order stays as it is. What is added or raised is priced as of now.
    `change-waits`, `order-past-changing`, `line-sent`, `line-begun`, `order-has-left`,
    `financed-order-bound` and `financed-order-fixed` (409) say what cannot be another; else it is
    refused as an order is that is placed.
    """
    actor = request.actor

    def do(at: datetime) -> tuple[int, OrderChangeOut]:
        order = queries.get(actor, id_or_number(ref))
        made = changing.change(
            order.pk, _wanted(actor, order, payload), actor=actor, reason=payload.reason,
            seen=payload.seen, at=at,
        )  # fmt: skip
        return 201, _shown(actor, made)

    return write(request, key, payload, do)


@router.post("/orders/{ref}/changes/answer", response=OrderChangeOut)
def answer_order_change(
    request: TypedRequest, ref: Ref, payload: ChangeAnswer, key: Key
) -> HttpResponse:
    """The seller agrees to the change that waits for it, or says no."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, OrderChangeOut]:
        made = changing.answer(
            _id(actor, ref), agrees=payload.agrees, reason=payload.reason, actor=actor, at=at
        )
        return 200, _shown(actor, made)

    return write(request, key, payload, do)


@router.post("/orders/{ref}/changes/withdraw", response=OrderChangeOut)
def withdraw_order_change(request: TypedRequest, ref: Ref, key: Key) -> HttpResponse:
    """The buyer takes back the change that waits."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, OrderChangeOut]:
        return 200, _shown(actor, changing.withdraw(_id(actor, ref), actor=actor, at=at))

    return write(request, key, None, do)


def _id(actor: Actor, ref: str) -> UUID:
    return queries.get(actor, id_or_number(ref)).pk


def _wanted(actor: Actor, order: Any, sent: OrderChangeIn) -> Wanted:
    """What was sent, by SKU; each of the goods stands in it once."""
    codes = [one.code for one in sent.lines if one.sku is None]
    known = {line.sku.code: line.sku_id for line in order.lines.all()}
    found = catalogue.find(actor, [code for code in codes if code not in known], order.seller)
    known |= {code: sku.pk for code, sku in found.items()}
    quantities: dict[UUID, int] = {}
    days: dict[UUID, date | None] = {}
    parts: dict[UUID, list[Part]] = {}
    for place, one in enumerate(sent.lines):
        if (one.sku is None) == (not one.code.strip()):
            raise Invalid(
                "sku-or-code", "Name the goods by sku or by code.", field=f"lines.{place}"
            )
        sku = one.sku or known.get(one.code)
        if sku is None:
            raise NotFound()
        if sku in quantities:
            raise Invalid("line-twice", "Each line of the order stands here once.", field="lines")
        quantities[sku] = one.quantity
        if one.parts:
            parts[sku] = [Part(part.wanted_on, part.quantity) for part in one.parts]
        elif "wanted_on" in one.model_fields_set:
            days[sku] = one.wanted_on
    return Wanted(
        quantities,
        days,
        sent.wanted_on if "wanted_on" in sent.model_fields_set else ...,
        sent.remark,
        sent.external_id,
        parts,
        sent.address,
    )


def _shown(actor: Actor, one: Any) -> OrderChangeOut:
    plain = {
        name: getattr(one, name)
        for name in OrderChangeOut.model_fields
        if name not in ("before", "after")
    }
    if one.buyer not in actor.orgs:
        plain["reason"] = ""
    versions = {"before": Version.read(one.before), "after": Version.read(one.after)}
    return OrderChangeOut.model_validate(plain | versions)
