"""What a person is putting together for a seller, on any device."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema

from heliu.api.fields import Counted, Goods, Sent
from heliu.api.writes import Key, write
from heliu.commerce.ordering import operations, queries
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest

router = Router()


class CartLine(Schema):
    """A SKU in the cart."""

    sku: Goods
    quantity: int


class Cart(Schema):
    """The asker's cart for one seller; it promises nothing and reserves nothing."""

    seller: UUID
    lines: list[CartLine]


class CartLineIn(Sent):
    """How much of the SKU to want."""

    quantity: Counted


@router.get("/carts/{seller}", response=Cart)
def get_cart(request: TypedRequest, seller: UUID) -> Cart:
    """The asker's cart for a seller; it is empty when nothing was put in."""
    return _cart(request.actor, seller)


@router.put("/carts/{seller}/lines/{sku}", response=Cart)
def put_cart_line(
    request: TypedRequest, seller: UUID, sku: UUID, payload: CartLineIn, key: Key
) -> HttpResponse:
    """Want so much of a SKU; 0 takes it out."""

    def do(at: datetime) -> tuple[int, Cart]:
        operations.put_in_cart(
            actor=request.actor, seller=seller, sku=sku, quantity=payload.quantity
        )
        return 200, _cart(request.actor, seller)

    return write(request, key, payload, do)


@router.delete("/carts/{seller}", response=Cart)
def empty_cart(request: TypedRequest, seller: UUID, key: Key) -> HttpResponse:
    """Take everything out."""

    def do(at: datetime) -> tuple[int, Cart]:
        operations.clear_cart(actor=request.actor, seller=seller)
        return 200, _cart(request.actor, seller)

    return write(request, key, None, do)


def _cart(actor: Actor, seller: UUID) -> Cart:
    lines = [CartLine.from_orm(line) for line in queries.cart(actor, seller)]
    return Cart(seller=seller, lines=lines)
