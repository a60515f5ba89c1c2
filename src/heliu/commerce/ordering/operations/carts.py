"""Every write to a cart and to the draft of an order pad."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from heliu.commerce.catalogue.policies import seen
from heliu.commerce.ordering.models import Cart, CartLine
from heliu.commerce.ordering.paste import LARGEST
from heliu.commerce.ordering.queries import carts_of, person_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.queries import active_relationship


def put_in_cart(*, actor: Actor, seller: UUID, sku: UUID, quantity: int) -> Cart:
    """Want this much of a SKU from a seller; zero takes it out again."""
    return fill_cart(actor=actor, seller=seller, quantities={sku: quantity})


def fill_cart(*, actor: Actor, seller: UUID, quantities: Mapping[UUID, int]) -> Cart:
    """Set many lines of the cart at once, as a pasted sheet does; zero takes a line out.

    Raises `NotFound` for SKUs that are not this seller's and for sellers one does not trade with.
    """
    cart = _cart(actor, seller)
    if any(not 0 <= quantity <= LARGEST for quantity in quantities.values()):
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field="quantity")
    known = Sku.objects.filter(seller=seller, is_active=True, pk__in=quantities).count()
    if known != len(quantities):
        raise NotFound()
    gone = [sku for sku, quantity in quantities.items() if quantity == 0]
    if gone:
        cart.lines.filter(sku__in=gone).delete()
    CartLine.objects.bulk_create(
        [
            CartLine(cart=cart, buyer=cart.buyer, sku_id=sku, quantity=quantity)
            for sku, quantity in quantities.items()
            if quantity
        ],
        update_conflicts=True,
        unique_fields=["cart", "sku"],
        update_fields=["quantity"],
    )
    return cart


def save_draft(*, actor: Actor, seller: UUID, text: str) -> Cart:
    """Keep the rows of the order pad as typed or pasted, good and bad, for any device."""
    cart = _cart(actor, seller)
    cart.draft = seen(text)
    cart.save(update_fields=["draft"])
    return cart


def clear_cart(*, actor: Actor, seller: UUID) -> None:
    """Empty the person's cart for a seller, draft included."""
    carts_of(actor, seller).delete()


def _cart(actor: Actor, seller: UUID) -> Cart:
    actor.require("order")
    active_relationship(buyer=actor.own_org, seller=seller)
    cart, _ = Cart.objects.get_or_create(buyer=actor.own_org, seller=seller, user=person_of(actor))
    return cart
