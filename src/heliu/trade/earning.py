"""What an order earns as a whole by its seller's promotions, for whoever shows it before it is
placed and whoever places it: both ask the same facts (`sql/order_gains.sql`) and the same rule
(`commerce/pricing/rewards`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from heliu.commerce.ordering.policies import CheckedLine
from heliu.commerce.pricing import rewards
from heliu.commerce.pricing.queries import Price
from heliu.commerce.pricing.rewards import Offers, Reward
from heliu.kernel.goods.models import Sku

GAINS = "select trade_order_gains(%s::uuid[], %s::uuid[], %s::int[], %s::uuid[], %s::bigint[], %s)"


class Earned(NamedTuple):
    """A promotion of the whole order in words: what it takes off (minor units), and the goods that
    come for free with how many."""

    code: str
    name: str
    off: int
    gifts: tuple[tuple[Sku, int], ...]


def earns(
    buyer: UUID,
    seller: UUID,
    lines: Iterable[CheckedLine[Any]],
    prices: Mapping[UUID, Price | None],
    at: datetime,
) -> tuple[Earned, ...]:
    """What the good ones of these lines would earn as one order. No statement where the seller has
    no promotion of whole orders."""
    if not any(price.may_earn for price in prices.values() if price):
        return ()
    good = _together(line for line in lines if line.sku and line.quantity and not line.problem)
    wanted = {line.sku.pk: line.quantity for line in good if line.sku and line.quantity}
    offered = offers_of(buyer, seller, wanted, at)
    if offered is None:
        return ()
    found = earned_by(good, offered, _taken(wanted, offered))
    gifts = Sku.objects.in_bulk({sku for one in found for sku in one.gifts})
    return tuple(
        Earned(
            one.rule.code, one.rule.display, sum(one.off.values()),
            tuple((gifts[sku], n) for sku, n in one.gifts.items()),
        )
        for one in found
    )  # fmt: skip


def total_of(buyer: UUID, seller: UUID, lines: Mapping[UUID, tuple[int, int]], at: datetime) -> int:
    """What an order of these goods (SKU: how many, and what one costs) comes to after what it earns
    as a whole, in minor units."""
    plain = sum(quantity * price for quantity, price in lines.values())
    wanted = {sku: quantity for sku, (quantity, _) in lines.items()}
    offered = offers_of(buyer, seller, wanted, at)
    if offered is None:
        return plain
    priced = [
        rewards.Line(sku, quantity, price, offered.listed.get(sku, price))
        for sku, (quantity, price) in lines.items()
    ]
    return plain - off_of(rewards.reward(priced, offered, _taken(wanted, offered)))


def offers_of(buyer: UUID, seller: UUID, wanted: Mapping[UUID, int], at: datetime) -> Offers | None:
    """What an order of these (SKU: quantity) may earn as a whole; None where there is nothing."""
    with connection.cursor() as cursor:
        ones = [1] * len(wanted)
        cursor.execute(GAINS, [[buyer], [seller], ones, [*wanted], [*wanted.values()], at])
        (offered,) = rewards.offers(cursor.fetchone()[0], 1)
    return offered


def _taken(wanted: Mapping[UUID, int], offered: Offers) -> dict[int | None, int]:
    """What the goods of an order themselves take of those that may be given."""
    used: dict[int | None, int] = {}
    for sku, quantity in wanted.items():
        if sku in offered.gifts:
            account = offered.gifts[sku].account
            used[account] = used.get(account, 0) + quantity
    return used


def _together(lines: Iterable[CheckedLine[Any]]) -> list[CheckedLine[Any]]:
    """Rows of the same goods for several days as the one line they will be."""
    found: dict[UUID, CheckedLine[Any]] = {}
    for line in lines:
        sku = line.sku.pk  # type: ignore[union-attr]
        if sku in found and line.quantity:
            line = found[sku]._replace(quantity=(found[sku].quantity or 0) + line.quantity)
        found[sku] = line
    return list(found.values())


def earned_by(
    lines: Iterable[CheckedLine[Any]], offered: Offers | None, used: Mapping[int | None, int]
) -> tuple[Reward, ...]:
    """What good lines earn as one order; `used` is what is taken of the accounts of goods."""
    if offered is None:
        return ()
    priced = [
        rewards.Line(
            line.sku.pk, line.quantity, line.unit_price,
            offered.listed.get(line.sku.pk, line.unit_price),
        )
        for line in lines
        if line.sku and line.quantity and line.unit_price is not None
    ]  # fmt: skip
    return rewards.reward(priced, offered, used)


def off_of(earned: Iterable[Reward]) -> int:
    """What rewards take off an order, in minor units."""
    return sum(sum(one.off.values()) for one in earned)
