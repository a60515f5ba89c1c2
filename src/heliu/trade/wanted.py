"""What is wanted of a seller, by its prices or by its offer, and whether there is enough of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering.policies import CheckedLine, PastedLine, check_lines
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.queries import Price
from heliu.commerce.quotes import operations as quotes
from heliu.commerce.quotes.operations import Taken
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.goods.models import Sku
from heliu.logistics.stock import queries as stock_queries
from heliu.trade.order_pad import rule_of


def by_sku(lines: Sequence[tuple[UUID, int]]) -> dict[UUID, int]:
    """A SKU wanted twice is one line."""
    wanted: dict[UUID, int] = {}
    for sku, quantity in lines:
        wanted[sku] = wanted.get(sku, 0) + quantity
    return wanted


def taken_offer(
    quote: UUID | None, actor: Actor, seller: UUID, lines: Sequence[tuple[UUID, int]], at: datetime
) -> Taken | None:
    """The seller's offer that is ordered, locked, if it is one. Raises as `quotes.take` does."""
    if quote is None:
        return None
    return quotes.take(quote, actor=actor, seller=seller, wanted=by_sku(lines), at=at)


def check_wanted(
    buyer: UUID,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    at: datetime,
    quoted: Mapping[UUID, int] | None = None,
) -> tuple[list[CheckedLine[Sku]], dict[UUID, Price | None]]:
    """Price each line, by the seller's offer where it is one, and see whether there is enough of
    it; with the prices."""
    wanted = by_sku(lines)
    known = catalogue.offered(buyer, seller).filter(pk__in=wanted)
    skus = {sku.pk: sku for sku in known.select_related("unit")}
    if len(skus) < len(wanted):
        raise NotFound()
    prices = pricing.resolve(
        buyer=buyer,
        seller=seller,
        wanted=[(sku, max(quantity, 1)) for sku, quantity in wanted.items()],
        at=at,
        as_order=True,
    )
    if quoted:
        prices = {
            sku: price and replace(price, unit_price=quoted[sku]) for sku, price in prices.items()
        }
    free = stock_queries.available(list(wanted), owner=seller, warehouse=seller, at=at)
    rows = [
        PastedLine(row, skus[sku].code, quantity)
        for row, (sku, quantity) in enumerate(wanted.items(), start=1)
    ]
    rules = {sku.pk: rule_of(sku) for sku in skus.values()}
    by_code = {sku.code: sku for sku in skus.values()}
    return check_lines(rows, by_code, prices, free, rules=rules), prices
