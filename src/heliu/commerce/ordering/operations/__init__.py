"""Every write of ordering: the cart first, then the order's life."""

from heliu.commerce.ordering.operations.carts import (
    add_rows,
    change_pad,
    clear_cart,
    drop_from_cart,
    fill_cart,
    keep_rows,
    put_in_cart,
)
from heliu.commerce.ordering.operations.drafts import Draft, PricedLine, columns, draft
from heliu.commerce.ordering.operations.orders import (
    cancel,
    complete,
    confirm,
    note_received,
    note_shipped,
    strike,
)

__all__ = [
    "Draft",
    "PricedLine",
    "add_rows",
    "cancel",
    "change_pad",
    "clear_cart",
    "columns",
    "complete",
    "confirm",
    "draft",
    "drop_from_cart",
    "fill_cart",
    "keep_rows",
    "note_received",
    "note_shipped",
    "put_in_cart",
    "strike",
]
