"""What promotions gave an order, where the order becomes another or is called off."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError, connection

from heliu.kernel.arrays import ids, numbers
from heliu.kernel.errors import Refused

CHANGE = """select pricing_change_discounts(
    %s, %s, %s, %s::uuid[], %s::bigint[], %s::bigint[], %s::boolean[], %s)"""
CLEAR = "select pricing_clear_rewards(%s, %s::uuid[])"
GIVE = "select pricing_keep_rewards(%s::uuid[], %s::uuid[], %s::uuid[], %s::jsonb, %s)"
GIVE_BACK = "select pricing_give_back(%s, %s::uuid[], %s::bigint[])"


def change_discounts(
    order: UUID,
    *,
    buyer: UUID,
    seller: UUID,
    lines: Sequence[tuple[UUID, int, int, bool]],
    at: datetime,
) -> None:
    """The lines of an order are these from now on: (SKU, quantity, unit price, whether it was
    priced now). Those that kept their price keep their promotions; budgets get back the rest.

    Raises `Refused` where more is taken of a promotion than its budget has."""
    flags = "{" + ",".join("t" if is_new else "f" for _, _, _, is_new in lines) + "}"
    try:
        _change(flags, order, buyer, seller, lines, at)
    except IntegrityError as error:
        if "promotion_within_budget" not in str(error):
            raise
        raise promotion_used_up() from error


def clear_whole(order: UUID, also: Collection[str]) -> None:
    """What an order earned as a whole is not given any more, and budgets have it again; they are
    held fast until the transaction ends, with those of `also`, so that they are taken in one
    order."""
    with connection.cursor() as cursor:
        cursor.execute(CLEAR, [order, list(also)])


def give_whole(
    order: UUID, *, buyer: UUID, seller: UUID, given: Sequence[Mapping[str, Any]], at: datetime
) -> None:
    """What an order earns as a whole, as `rewards.kept` tells it. Raises `Refused` where more is
    taken of a promotion than its budget has."""
    said = msgspec.json.encode({"wanted": [], "given": given}).decode()
    try:
        with connection.cursor() as cursor:
            cursor.execute(GIVE, [[order], [buyer], [seller], said, at])
    except IntegrityError as error:
        if "promotion_within_budget" not in str(error):
            raise
        raise promotion_used_up() from error


def give_back(order: UUID, goods: Mapping[UUID, int] | None = None) -> None:
    """An order is called off, or so many pieces of its goods are struck (SKU: smallest units): what
    promotions gave on them their budgets have again. Takes promotions before it takes accounts."""
    skus = None if goods is None else list(goods)
    pieces = None if goods is None else list(goods.values())
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, [order, skus, pieces])


def promotion_used_up() -> Refused:
    """Somebody was quicker: what an order counted on of a promotion is not there any more."""
    return Refused(
        "promotion-used-up",
        "A promotion that this order counted on has been used up meanwhile.",
        help="Look at the prices as they are now, then order.",
        status=409,
    )


def _change(
    flags: str,
    order: UUID,
    buyer: UUID,
    seller: UUID,
    lines: Sequence[tuple[UUID, int, int, bool]],
    at: datetime,
) -> None:
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
