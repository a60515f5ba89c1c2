"""Every write of ordering: the cart first, then the order's life."""

from heliu.commerce.ordering.operations.carts import (
    add_rows,
    change_pad,
    clear_cart,
    drop_from_cart,
    fill_cart,
    keep_rows,
    put_in_cart,
    send_to,
)
from heliu.commerce.ordering.operations.changes import (
    end_change,
    external_id_used,
    lay_before_seller,
    make_change,
    note_change,
    overtake_changes,
    refuse_change,
)
from heliu.commerce.ordering.operations.drafts import Draft, PricedLine, columns, draft, keep_parts
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
    "end_change",
    "external_id_used",
    "fill_cart",
    "keep_parts",
    "keep_rows",
    "lay_before_seller",
    "make_change",
    "note_change",
    "note_received",
    "note_shipped",
    "overtake_changes",
    "put_in_cart",
    "refuse_change",
    "send_to",
    "strike",
]
