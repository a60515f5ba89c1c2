"""What promotions took off an order, where the order becomes another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from heliu.kernel.arrays import ids, numbers

CHANGE = """select pricing_change_discounts(
    %s, %s, %s, %s::uuid[], %s::bigint[], %s::bigint[], %s::boolean[], %s)"""


def change_discounts(
    order: UUID,
    *,
    buyer: UUID,
    seller: UUID,
    lines: Sequence[tuple[UUID, int, int, bool]],
    at: datetime,
) -> None:
    """The lines of an order are these from now on: (SKU, quantity, unit price, whether it was
    priced now). Those that kept their price keep their promotions; budgets get back the rest."""
    flags = "{" + ",".join("t" if is_new else "f" for _, _, _, is_new in lines) + "}"
    with connection.cursor() as cursor:
        cursor.execute(
            CHANGE,
            [
                order,
                buyer,
                seller,
                ids(sku for sku, _, _, _ in lines),
                numbers(quantity for _, quantity, _, _ in lines),
                numbers(price for _, _, price, _ in lines),
                flags,
                at,
            ],
        )
