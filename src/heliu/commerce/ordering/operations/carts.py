"""Every write to a cart and to the draft of an order pad.

With `shared` it is the house's own, which all its people put together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from heliu.commerce.ordering.models import Cart, CartLine
from heliu.commerce.ordering.parts import Part, kept
from heliu.commerce.ordering.paste import LARGEST, MOST_ROWS, too_many
from heliu.commerce.ordering.queries import carts_of, person_of
from heliu.commerce.ordering.rows import Change, Merged, PadRow, merge, read_rows, write_rows
from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses.queries import refuse_gone
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.queries import active_relationship


def put_in_cart(*, actor: Actor, seller: UUID, sku: UUID, quantity: int) -> Cart:
    """Want this much of a SKU from a seller; zero takes it out again."""
    return fill_cart(actor=actor, seller=seller, quantities={sku: quantity})


def fill_cart(
    *,
    actor: Actor,
    seller: UUID,
    quantities: Mapping[UUID, int],
    shared: bool = False,
    parts: Mapping[UUID, Sequence[Part]] | None = None,
) -> Cart:
    """Set many lines of the cart at once, as a pasted sheet does; zero takes a line out. `parts`
    are the days of those that have some.

    Raises `NotFound` for SKUs that are not this seller's and for sellers one does not trade with.
    """
    cart = _cart(actor, seller, shared=shared)
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
            CartLine(
                cart=cart,
                buyer=cart.buyer,
                sku_id=sku,
                quantity=quantity,
                parts=kept((parts or {}).get(sku, ()), least=1),
            )
            for sku, quantity in quantities.items()
            if quantity
        ],
        update_conflicts=True,
        unique_fields=["cart", "sku"],
        update_fields=["quantity", "parts"],
    )
    return cart


def send_to(address: UUID | None, *, actor: Actor, seller: UUID, shared: bool = False) -> None:
    """Where the cart goes, of the buyer's book; None: to its default. Raises `Refused`
    (address-gone)."""
    cart = _cart(actor, seller, shared=shared)
    if cart.address != address:
        refuse_gone(cart.buyer, address)
        cart.address = address
        cart.save(update_fields=["address"])


def change_pad(
    *, actor: Actor, seller: UUID, changes: Sequence[Change], at: datetime, shared: bool = False
) -> Merged:
    """Put somebody's changes into the order pad, beside those that others made meanwhile.

    Hands at one pad queue; none undoes what another wrote (`rows.merge`).
    """
    cart = _locked(actor, seller, shared=shared)
    merged = merge(read_rows(cart.draft), changes, by=actor.name)
    _keep(cart, merged.rows, actor=actor, at=at)
    return merged


def add_rows(
    *, actor: Actor, seller: UUID, rows: Sequence[PadRow], at: datetime, shared: bool = False
) -> list[PadRow]:
    """Put rows beneath those of the pad, as a pasted or loaded list does; answers with all.

    Raises `Invalid` (too-many-rows) when the pad would hold more than it takes.
    """
    cart = _locked(actor, seller, shared=shared)
    there = read_rows(cart.draft)
    there += [row._replace(by=actor.name) for row in rows if not row.is_empty]
    _keep(cart, there, actor=actor, at=at)
    return there


def drop_from_cart(
    *, actor: Actor, seller: UUID, codes: Sequence[str], shared: bool = False
) -> None:
    """Goods whose rows were taken out of the pad leave the cart too."""
    actor.require("order")
    lines = CartLine.objects.filter(cart__in=carts_of(actor, seller, shared=shared))
    lines.filter(sku__code__in=codes).delete()


def keep_rows(
    *, actor: Actor, seller: UUID, rows: Sequence[PadRow], at: datetime, shared: bool = False
) -> None:
    """The pad holds these rows and no others: those that stay when the rest was ordered."""
    _keep(_locked(actor, seller, shared=shared), rows, actor=actor, at=at)


def clear_cart(*, actor: Actor, seller: UUID, shared: bool = False) -> None:
    """Empty a cart for a seller, draft included."""
    actor.require("order")
    carts_of(actor, seller, shared=shared).delete()


def _keep(cart: Cart, rows: Sequence[PadRow], *, actor: Actor, at: datetime) -> None:
    if len(rows) > MOST_ROWS:
        raise too_many(len(rows))
    draft = write_rows(rows)
    if draft == cart.draft:
        return
    cart.draft, cart.changed_by, cart.changed_at = draft, actor.name, at
    cart.save(update_fields=["draft", "changed_by", "changed_at"])


def _cart(actor: Actor, seller: UUID, *, shared: bool) -> Cart:
    actor.require("order")
    active_relationship(buyer=actor.own_org, seller=seller)
    user = None if shared else person_of(actor)
    cart, _ = Cart.objects.get_or_create(buyer=actor.own_org, seller=seller, user=user)
    return cart


def _locked(actor: Actor, seller: UUID, *, shared: bool) -> Cart:
    return Cart.objects.select_for_update().get(pk=_cart(actor, seller, shared=shared).pk)
