"""Price lists: making one, saying for whom it holds, setting prices in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from heliu.commerce.pricing.events import ListAssigned, PricesSet
from heliu.commerce.pricing.models import ListPrice, PriceList, PriceListBuyer, Rounding
from heliu.commerce.pricing.policies import Span, overlay
from heliu.commerce.pricing.queries import live_table
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.goods.models import Sku
from heliu.kernel.money import CURRENCY, TRADED
from heliu.kernel.parties.queries import active_relationship

LONGEST_CODE = 34  # a version's code has its number behind it
MOST_FACTOR = 100
MOST_ROUNDING = 4


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
    """Begin a price list; of a buyer's own lists the one with the lowest priority number decides
    (1 is the lowest: 0 is kept for contracts).

    Raises `Invalid` for a code or a currency that is none, `Refused` when the code is taken, the
    seller has a default list already, or a default list would be in another currency than ours.
    """
    require_seller(seller, actor)
    if currency not in TRADED:
        raise Invalid("currency-unknown", "Nobody trades in this currency here.", field="currency")
    if is_default and currency != CURRENCY:
        raise Refused(
            "default-in-ours",
            "The default list is in %(ours)s: it is for all who trade in that.",
            field="currency",
            help="Give a list in another currency to those who trade in it.",
            ours=CURRENCY,
        )
    if not 0 < len(code) <= LONGEST_CODE or priority < 1:
        raise Invalid(
            "list-invalid",
            "A list needs a code of at most %(most)s signs and a priority from 1 up.",
            field="code",
            most=LONGEST_CODE,
        )
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


def compute_list(
    *,
    actor: Actor,
    base: PriceList,
    code: str,
    name: str,
    factor: Decimal,
    name_zh: str = "",
    round_to: int = 0,
    rounding: str = Rounding.NEAREST,
    priority: int = 100,
) -> PriceList:
    """Begin a list that has what another costs times a factor, rounded to 10^`round_to` minor
    units. Nothing is copied: what the base costs at a moment decides at that moment.

    Raises `Invalid` for a factor or rounding that is none, `Refused` (base-computed) when the base
    is computed itself.
    """
    if base.base_id is not None or base.version_of_id is not None:
        raise Refused("base-computed", "A list is computed from one that is not.", field="base")
    if not 0 < factor < MOST_FACTOR or not 0 <= round_to <= MOST_ROUNDING:
        raise Invalid(
            "factor-invalid",
            "A factor is above 0 and below %(most)s.",
            field="factor",
            most=MOST_FACTOR,
        )
    if rounding not in Rounding.values:
        raise Invalid("rounding-unknown", "This way of rounding is not known.", field="rounding")
    made = create_list(
        actor=actor,
        seller=base.seller,
        code=code,
        name=name,
        name_zh=name_zh,
        currency=base.currency,
        priority=priority,
    )
    made.base, made.factor, made.round_to, made.rounding = base, factor, round_to, rounding
    made.save(update_fields=["base", "factor", "round_to", "rounding"])
    return made


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

    Raises `Refused` (assigned-already) when it holds for the buyer on one of these days, or the two
    trade in another currency.
    """
    require_seller(price_list.seller, actor)
    link = active_relationship(buyer=buyer, seller=price_list.seller)
    if link.currency != price_list.currency:
        raise Refused(
            "currency-not-theirs",
            "List %(list)s is in %(theirs)s, and you trade with this buyer in %(ours)s.",
            field="buyer",
            help="Give it a list in %(ours)s: nothing is converted here.",
            list=price_list.code,
            theirs=price_list.currency,
            ours=link.currency,
        )
    check_days(valid_from, valid_to)
    if price_list.version_of_id is not None:
        raise NotFound()
    if hasattr(price_list, "contract"):
        raise Refused("held-by-contract", "The list of a contract is for its buyer alone.")
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


def end_assignment(
    assignment: PriceListBuyer, *, actor: Actor, last: date, at: datetime
) -> PriceListBuyer | None:
    """Let a list hold for a buyer until a day, included; None when it never held by then.

    Raises `Refused` when a contract holds it.
    """
    require_seller(assignment.seller, actor)
    if hasattr(assignment.price_list, "contract"):
        raise Refused("held-by-contract", "A contract holds this list: end the contract.")
    return cut(assignment, last)


def cut(assignment: PriceListBuyer, last: date) -> PriceListBuyer | None:
    """Shorten an assignment to its last day; one that would end before it begins goes away."""
    if last < assignment.valid_from:
        assignment.delete()
        return None
    assignment.valid_to = last if assignment.valid_to is None else min(assignment.valid_to, last)
    assignment.save(update_fields=["valid_to"])
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

    They are set in the version that is live, or in the version that is given. At most seven
    statements for any number of prices. Raises `Invalid` for a tier named twice and for amounts
    below zero, `NotFound` for SKUs that are not the seller's.
    """
    require_seller(price_list.seller, actor)
    check_days(valid_from, valid_to)
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
    table = live_table(price_list, at)
    require_open(table)
    _replace(table, wanted, valid_from=valid_from, valid_to=valid_to)
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


def require_seller(seller: UUID, actor: Actor) -> None:
    """Only people of the seller who may set prices; strangers find nothing."""
    if not actor.is_system and seller not in actor.orgs:
        raise NotFound()
    actor.require("price")


def require_open(table: PriceList) -> None:
    """Raises `Refused` for prices that both sides of a contract agreed to."""
    head = table.version_of or table
    contract = getattr(head, "contract", None)
    is_draft = table.version_of_id is not None and table.live_from is None
    if contract is not None and not contract.is_offer and not is_draft:
        raise Refused(
            "contract-agreed",
            "Both sides agreed to these prices.",
            help="Ask the buyer for other ones on the page of the contract.",
        )


def check_days(valid_from: date, valid_to: date | None) -> None:
    """A period ends on its first day or later."""
    if valid_to is not None and valid_to < valid_from:
        raise Invalid("days-reversed", "The last day is before the first.", field="valid_to")
