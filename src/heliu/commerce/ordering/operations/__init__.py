"""Every write of ordering: the cart first, then the order's life."""

from heliu.commerce.ordering.operations.carts import (
    clear_cart,
    fill_cart,
    put_in_cart,
    save_draft,
)
from heliu.commerce.ordering.operations.orders import (
    PricedLine,
    cancel,
    complete,
    confirm,
    note_received,
    note_shipped,
    write,
)

__all__ = [
    "PricedLine",
    "cancel",
    "clear_cart",
    "complete",
    "confirm",
    "fill_cart",
    "note_received",
    "note_shipped",
    "put_in_cart",
    "save_draft",
    "write",
]
