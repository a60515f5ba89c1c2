"""Reading prices, price lists and what promotions gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Min, Q, QuerySet, Sum

from heliu.commerce.pricing.models import (
    Contract,
    ContractChange,
    Discount,
    Given,
    ListPrice,
    PriceImport,
    PriceList,
    PriceListBuyer,
    Promotion,
)
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.goods.models import Sku
from heliu.kernel.language import in_language
from heliu.kernel.money import digits_of

RESOLVE = """
select pair, sku, unit_price, list_code, tier_from, currency, tiers_from, tiers_price,
       list_price, promotions, false
  from pricing_answer(%s::uuid[], %s::uuid[], %s::int[], %s::uuid[], %s::bigint[], %s, false,
                      true, false)
"""
# The same for lines that are one order: its worth may earn a promotion, and it may earn one as a
# whole.
RESOLVE_ORDER = RESOLVE.replace("%s, false,", "%s, true,").replace(
    "false\n", "(select pricing_rewards_live(%s::uuid[], %s))\n"
)


@dataclass(frozen=True)
class Price:
    """What one smallest unit costs (minor units), by which list, and from which quantity.

    `tiers` are all (quantity from, unit price) of that list at that moment, lowest quantity first.
    `taken_off` is what `promotions` (their codes, as applied) took off one. `may_earn`: the seller
    has promotions of whole orders, which are not in the price of one.
    """

    unit_price: int
    list_code: str
    tier_from: int
    currency: str
    tiers: tuple[tuple[int, int], ...]
    taken_off: int = 0
    promotions: tuple[str, ...] = ()
    may_earn: bool = False

    @property
    def list_price(self) -> int:
        """What the list said, before promotions."""
        return self.unit_price + self.taken_off


def resolve(
    *,
    buyer: UUID,
    seller: UUID,
    wanted: Sequence[tuple[UUID, int]],
    at: datetime,
    as_order: bool = False,
) -> dict[UUID, Price | None]:
    """The price of each wanted (SKU, quantity) for a buyer at a moment; None where there is none.

    The buyer's own lists decide in order of priority, the seller's default list last; within the
    list the highest tier that the quantity reaches. Then promotions take off what they do; those
    that ask for a worth of the whole order only of lines that are one order (`as_order`). A SKU
    wanted twice is priced for the sum. One statement. Strangers to buyer and seller, and pairs
    that do not trade, get no price.
    """
    prices: dict[UUID, Price | None] = dict.fromkeys((sku for sku, _ in wanted), None)
    with connection.cursor() as cursor:
        skus, quantities = [sku for sku, _ in wanted], [quantity for _, quantity in wanted]
        ones = [1] * len(skus)
        answer: list[Any] = [[buyer], [seller], ones, skus, quantities, at]
        if as_order:
            cursor.execute(RESOLVE_ORDER, [[seller], at, *answer])
        else:
            cursor.execute(RESOLVE, answer)
        for _, sku, *rest in cursor.fetchall():
            prices[sku] = price_of(rest)
    return prices


def price_of(row: Sequence[Any]) -> Price:
    """A row of `RESOLVE`, without the pair and the SKU."""
    unit_price, code, tier_from, currency, froms, amounts, list_price, promotions, may_earn = row
    tiers = tuple(zip(froms, amounts, strict=True))
    return Price(
        unit_price,
        code,
        tier_from,
        currency,
        tiers,
        list_price - unit_price,
        tuple(promotions or ()),
        may_earn,
    )


def lists_visible_to(actor: Actor) -> QuerySet[PriceList]:
    """The price lists of the actor's organisations as sellers, without their versions."""
    lists = PriceList.objects.filter(version_of__isnull=True)
    return lists if actor.is_system else lists.filter(seller__in=actor.orgs)


def versions_visible_to(actor: Actor) -> QuerySet[PriceList]:
    """The versions of the visible price lists, those being made too."""
    versions = PriceList.objects.filter(version_of__isnull=False)
    return versions if actor.is_system else versions.filter(seller__in=actor.orgs)


def discounts_visible_to(actor: Actor) -> QuerySet[Discount]:
    """What promotions took off lines of orders that the actor's organisations bought or sold."""
    if actor.is_system:
        return Discount.objects.all()
    return Discount.objects.filter(Q(buyer__in=actor.orgs) | Q(seller__in=actor.orgs))


class Off(NamedTuple):
    """What a promotion took off the pieces of one line, by its words of then; minor units."""

    code: str
    name: str
    name_zh: str
    before: int
    after: int
    amount: int

    @property
    def display(self) -> str:
        """The promotion's name in the reader's language."""
        return in_language(self.name, self.name_zh)


class OnOrder(NamedTuple):
    """What promotions gave on an order: off each piece of its lines (line id: in the order in which
    they were applied), for the order as a whole, and which lines came for free."""

    off: dict[int, list[Off]]
    as_whole: list[Discount]
    free: dict[int, Discount]


def given_on(actor: Actor, order: Any) -> OnOrder:
    """What promotions gave on an order that came with its lines; one statement."""
    found = list(discounts_visible_to(actor).filter(order_id=order.pk).order_by("place", "sku"))
    whole = [one for one in found if one.kind != Given.PIECE]
    gifts = {one.sku: one for one in whole if one.kind == Given.GIFT}
    off: dict[int, list[Off]] = {}
    free: dict[int, Discount] = {}
    # Goods for free stand beneath those that were bought.
    for line in sorted(order.lines.all(), key=lambda line: line.position, reverse=True):
        if line.amount == 0 and line.sku_id in gifts:
            free[line.pk] = gifts.pop(line.sku_id)
        off[line.pk] = [
            Off(one.code, one.name, one.name_zh, one.before, one.after,
                line.quantity * (one.before - one.after))
            for one in found
            if one.kind == Given.PIECE and one.sku == line.sku_id and line.pk not in free
        ]  # fmt: skip
    return OnOrder(off, whole, free)


def before_promotions(order: UUID) -> dict[UUID, int]:
    """What one of each SKU of an order cost by its list (minor units), where promotions took
    something off each."""
    given = Discount.objects.filter(order_id=order, place=1)
    return dict(given.values_list("sku", "before"))


class GivenBy(NamedTuple):
    """What one promotion gave on an order: minor units off its goods, and pieces for free."""

    order: UUID
    name: str
    name_zh: str
    off: int
    free: int

    @property
    def display(self) -> str:
        """The promotion's name in the reader's language."""
        return in_language(self.name, self.name_zh)


def given_in(actor: Actor, orders: Iterable[UUID]) -> list[GivenBy]:
    """What promotions gave on orders, one by one as they were applied; one statement."""
    found = (
        discounts_visible_to(actor)
        .filter(order_id__in=list(orders))
        .order_by()
        .values("order_id", "code", "name", "name_zh")
        .annotate(
            off=Sum("amount", filter=~Q(kind=Given.GIFT), default=0),
            free=Sum("quantity", filter=Q(kind=Given.GIFT), default=0),
            first=Min("place"),
        )
        .order_by("order_id", "first", "code")
    )
    return [
        GivenBy(row["order_id"], row["name"], row["name_zh"], row["off"], row["free"])
        for row in found
    ]


def whole_of(order: UUID) -> list[Discount]:
    """What promotions gave an order as a whole; asked by stories."""
    given = Discount.objects.filter(order_id=order).exclude(kind=Given.PIECE)
    return list(given.order_by("place", "sku"))


def given_as_whole(order: UUID) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """By SKU what promotions took off an order as a whole (minor units) and how many pieces they
    gave for free; asked by stories."""
    off: dict[UUID, int] = defaultdict(int)
    gifts: dict[UUID, int] = defaultdict(int)
    for one in whole_of(order):
        if one.kind == Given.GIFT:
            gifts[one.sku] += one.quantity
        else:
            off[one.sku] += one.amount
    return dict(off), dict(gifts)


def live_table(price_list: PriceList, at: datetime) -> PriceList:
    """Where the prices of a list stand at a moment: its latest live version, or the list itself;
    of a version that is given, the version."""
    live = price_list.versions.filter(live_from__lte=at).order_by("-live_from").first()
    return live or price_list


def live_tables(lists: Iterable[PriceList], at: datetime) -> dict[UUID, UUID]:
    """The same for many lists in one statement: list to where its prices stand."""
    live = {one.pk: one.pk for one in lists}
    versions = PriceList.objects.filter(version_of__in=live, live_from__lte=at)
    for one in versions.order_by("live_from").only("pk", "version_of"):
        if one.version_of_id:
            live[one.version_of_id] = one.pk
    return live


def assignments_visible_to(actor: Actor) -> QuerySet[PriceListBuyer]:
    """For whom the visible price lists hold."""
    if actor.is_system:
        return PriceListBuyer.objects.all()
    return PriceListBuyer.objects.filter(seller__in=actor.orgs)


def held_by(buyer: UUID, *, seller: UUID, on: date) -> list[PriceList]:
    """The lists of a seller that hold for a buyer on a day, without those of contracts. For the
    worker."""
    return list(
        PriceList.objects.filter(
            Q(buyers__valid_to=None) | Q(buyers__valid_to__gte=on),
            contract=None, seller=seller, buyers__buyer=buyer, buyers__valid_from__lte=on,
        ).distinct().order_by("pk")
    )  # fmt: skip


def prices_visible_to(actor: Actor) -> QuerySet[ListPrice]:
    """The prices in the visible lists."""
    if actor.is_system:
        return ListPrice.objects.all()
    return ListPrice.objects.filter(seller__in=actor.orgs)


def contracts_visible_to(actor: Actor) -> QuerySet[Contract]:
    """Contracts that the actor's organisations have, as seller or buyer."""
    if actor.is_system:
        return Contract.objects.all()
    return Contract.objects.filter(Q(buyer__in=actor.orgs) | Q(seller__in=actor.orgs))


def contracts_between(*, seller: UUID, buyer: UUID, on: date) -> QuerySet[Contract]:
    """The contracts of two that are offered or hold on a day or later."""
    found = Contract.objects.filter(seller=seller, buyer=buyer, refused_at=None)
    return found.filter(valid_to__gte=on)


def changes_visible_to(actor: Actor) -> QuerySet[ContractChange]:
    """Changes of contracts that the actor's organisations asked for or are asked about."""
    if actor.is_system:
        return ContractChange.objects.all()
    return ContractChange.objects.filter(Q(buyer__in=actor.orgs) | Q(seller__in=actor.orgs))


def steps_of(
    contract: Contract, at: datetime, version: UUID | None = None
) -> list[tuple[UUID, int, int | None, int | None]]:
    """What a contract says and would say with a version, for its two sides: by SKU and quantity
    from the price now and then (minor units; None where there is none)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from pricing_contract_steps(%s, %s, %s) order by 1, 2",
            [contract.pk, version, at],
        )
        return [tuple(row) for row in cursor.fetchall()]


def goods_in(steps: Sequence[tuple[UUID, int, int | None, int | None]]) -> dict[UUID, Sku]:
    """The goods of a contract's steps; one statement."""
    return Sku.objects.in_bulk({sku for sku, *_ in steps})


def promotions_visible_to(actor: Actor) -> QuerySet[Promotion]:
    """The promotions of the actor's organisations as sellers."""
    found = Promotion.objects.all()
    return found if actor.is_system else found.filter(seller__in=actor.orgs)


def imports_visible_to(actor: Actor) -> QuerySet[PriceImport]:
    """The files of prices that the actor's organisations brought, the newest first."""
    found = PriceImport.objects.order_by("-brought_at")
    return found if actor.is_system else found.filter(seller__in=actor.orgs)


def taken_under(contracts: Sequence[Contract]) -> dict[UUID, tuple[int, int]]:
    """By contract how many pieces, and for how much (minor units, after promotions), the buyer
    ordered in its period of the goods in it; what was called off does not count. One statement."""
    taken: dict[UUID, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [[one.pk for one in contracts]])
        for contract, pieces, amount in cursor.fetchall():
            taken[contract] = (pieces, amount)
    return taken


TAKEN = "select contract, pieces, amount from pricing_contract_taken(%s)"


EXPORT = """
copy (
    select k.code, p.min_quantity as "from",
           round(p.amount / 10 ^ %s::numeric, %s)::text as price, l.currency
      from pricing_listprice p join goods_sku k on k.id = p.sku_id
      join pricing_pricelist l on l.id = p.price_list_id
     where p.price_list_id = %s and p.valid_from <= %s
       and (p.valid_to is null or p.valid_to >= %s)
     order by k.code, p.min_quantity
) to stdout with (format csv, header)"""


def write_prices(table: PriceList, file: IO[bytes], at: datetime) -> None:
    """Write what stands in a list or version on a day as a sheet that can be brought in again; each
    row says its currency."""
    today, digits = day_of(at), digits_of(table.currency)
    asked = [digits, digits, table.pk, today, today]
    with connection.cursor() as cursor, cursor.copy(EXPORT, asked) as copy:
        for block in copy:
            file.write(block)
