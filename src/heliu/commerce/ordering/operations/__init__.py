"""Every write of ordering: the cart first, then the order's life."""

from heliu.commerce.ordering.operations.carts import (
    clear_cart,
    fill_cart,
    put_in_cart,
    save_draft,
)
from heliu.commerce.ordering.operations.drafts import Draft, PricedLine, columns, draft
from heliu.commerce.ordering.operations.orders import (
    cancel,
    complete,
    confirm,
    note_received,
    note_shipped,
)

__all__ = [
    "Draft",
    "PricedLine",
    "cancel",
    "clear_cart",
    "columns",
    "complete",
    "confirm",
    "draft",
    "fill_cart",
    "note_received",
    "note_shipped",
    "put_in_cart",
    "save_draft",
]
