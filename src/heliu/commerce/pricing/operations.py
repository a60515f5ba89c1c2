"""Every write of price lists: making one, saying for whom it holds, setting prices in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.commerce.pricing.events import ListAssigned, PricesSet
from heliu.commerce.pricing.models import ListPrice, PriceList, PriceListBuyer
from heliu.commerce.pricing.policies import Span, overlay
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.goods.models import Sku
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties.queries import active_relationship


@dataclass(frozen=True)
class NewPrice:
    """What one smallest unit of a SKU shall cost (minor units) from a quantity."""

    sku_id: UUID
    amount: int
    min_quantity: int = 1


def create_list(
    *,
    actor: Actor,
    seller: UUID,
    code: str,
    name: str,
    name_zh: str = "",
    currency: str = CURRENCY,
    priority: int = 100,
    is_default: bool = False,
) -> PriceList:
    """Begin a price list; of a buyer's own lists the one with the lowest priority number decides.

    Raises `Refused` when the code is taken or the seller has a default list already.
    """
    _require_seller(seller, actor)
    own = PriceList.objects.filter(seller=seller)
    if own.filter(code=code).exists():
        raise Refused("code-taken", "There is a price list %(list)s.", field="code", list=code)
    if is_default and own.filter(is_default=True).exists():
        raise Refused("default-taken", "There is a default price list already.", field="is_default")
    return PriceList.objects.create(
        seller=seller,
        code=code,
        name=name,
        name_zh=name_zh,
        currency=currency,
        priority=priority,
        is_default=is_default,
    )


def assign(
    price_list: PriceList,
    *,
    actor: Actor,
    buyer: UUID,
    valid_from: date,
    at: datetime,
    valid_to: date | None = None,
) -> PriceListBuyer:
    """Let a list hold for a buyer the seller trades with, from a day to a day, both included.

    Raises `Refused` (assigned-already) when it holds for the buyer on one of these days.
    """
    _require_seller(price_list.seller, actor)
    active_relationship(buyer=buyer, seller=price_list.seller)
    _check_days(valid_from, valid_to)
    held = PriceListBuyer.objects.filter(price_list=price_list, buyer=buyer)
    if any(
        (valid_to is None or one.valid_from <= valid_to)
        and (one.valid_to is None or valid_from <= one.valid_to)
        for one in held
    ):
        raise Refused(
            "assigned-already",
            "List %(list)s holds for this buyer on these days already.",
            list=price_list.code,
        )
    assignment = PriceListBuyer.objects.create(
        price_list=price_list,
        seller=price_list.seller,
        buyer=buyer,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    record(
        ListAssigned(
            subject=price_list.pk, list_code=price_list.code, buyer=buyer, valid_from=valid_from
        ),
        actor=actor,
        at=at,
        audience=[price_list.seller],
    )
    return assignment


def set_prices(
    price_list: PriceList,
    *,
    actor: Actor,
    prices: Sequence[NewPrice],
    valid_from: date,
    at: datetime,
    valid_to: date | None = None,
) -> None:
    """Set prices that hold from a day to a day; on these days they replace what was set before.

    At most six statements for any number of prices. Raises `Invalid` for a tier named twice and
    for amounts below zero, `NotFound` for SKUs that are not the seller's.
    """
    _require_seller(price_list.seller, actor)
    _check_days(valid_from, valid_to)
    wanted = {(price.sku_id, price.min_quantity): price.amount for price in prices}
    if len(wanted) != len(prices):
        raise Invalid("tier-twice", "One SKU has two prices for the same quantity.", field="prices")
    if any(quantity < 1 or amount < 0 for (_, quantity), amount in wanted.items()):
        raise Invalid(
            "price-invalid", "A price is zero or more, from one piece up.", field="prices"
        )
    skus = {sku for sku, _ in wanted}
    if Sku.objects.filter(seller=price_list.seller, pk__in=skus).count() != len(skus):
        raise NotFound()
    _replace(price_list, wanted, valid_from=valid_from, valid_to=valid_to)
    record(
        PricesSet(
            subject=price_list.pk,
            list_code=price_list.code,
            prices=len(prices),
            valid_from=valid_from,
        ),
        actor=actor,
        at=at,
        audience=[price_list.seller],
    )


def _replace(
    price_list: PriceList,
    wanted: dict[tuple[UUID, int], int],
    *,
    valid_from: date,
    valid_to: date | None,
) -> None:
    """Lay the wanted prices over those of the same SKU and tier; the list is locked meanwhile."""
    PriceList.objects.select_for_update().get(pk=price_list.pk)
    rows = ListPrice.objects.filter(price_list=price_list, sku__in={sku for sku, _ in wanted})
    held = defaultdict(list)
    for row in rows:
        if (row.sku_id, row.min_quantity) in wanted:
            held[row.sku_id, row.min_quantity].append(row)
    old = [row.pk for found in held.values() for row in found]
    if old:
        ListPrice.objects.filter(pk__in=old).delete()
    ListPrice.objects.bulk_create(
        ListPrice(
            price_list=price_list,
            seller=price_list.seller,
            sku_id=sku,
            min_quantity=quantity,
            amount=span.amount,
            valid_from=span.valid_from,
            valid_to=span.valid_to,
        )
        for (sku, quantity), amount in wanted.items()
        for span in overlay(
            [Span(row.amount, row.valid_from, row.valid_to) for row in held[sku, quantity]],
            Span(amount, valid_from, valid_to),
        )
    )


def _require_seller(seller: UUID, actor: Actor) -> None:
    if not actor.is_system and seller not in actor.orgs:
        raise NotFound()
    actor.require("price")


def _check_days(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise Invalid("days-reversed", "The last day is before the first.", field="valid_to")
