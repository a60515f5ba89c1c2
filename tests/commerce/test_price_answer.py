"""The whole price answer: versions, computed lists, contracts and promotions against a plain
reference, and for how long and for which quantities an answer holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.commerce.conftest import AT, DAY, Chain
from tests.commerce.contracts import agreed
from tests.examples import examples

from heliu.commerce.pricing import operations, queries
from heliu.commerce.pricing.models import (
    Contract,
    Effect,
    ListPrice,
    PriceList,
    Promotion,
    Rounding,
)
from heliu.commerce.pricing.operations import NewPrice, NewPromotion
from heliu.kernel.access.door import acting_for
from heliu.kernel.clock import start_of
from heliu.kernel.errors import Invalid, Refused

HOUR = timedelta(hours=1)
MOMENTS = st.integers(-40, 40).map(lambda hours: AT + hours * HOUR)
TIERS = st.dictionaries(st.sampled_from([1, 5, 10]), st.integers(0, 999), max_size=3)


@dataclass(frozen=True)
class Book:
    """A list as drawn: its first prices, versions by the hour they go live, or a base's factor."""

    priority: int
    first: dict[int, int]
    versions: dict[int, dict[int, int]]
    computed: tuple[Decimal, int, str] | None
    first_day: int
    days: int | None

    def holds_at(self, at: datetime) -> bool:
        start = start_of(DAY + timedelta(days=self.first_day))
        return start <= at and (self.days is None or at < start + timedelta(days=self.days + 1))

    def tiers(self, at: datetime) -> dict[int, int]:
        live = [hour for hour in self.versions if AT + hour * HOUR <= at]
        return self.versions[max(live)] if live else self.first


BOOKS = st.builds(
    Book,
    priority=st.integers(1, 3),
    first=TIERS,
    versions=st.dictionaries(st.integers(-30, 30), TIERS.filter(bool), max_size=2),
    computed=st.none()
    | st.tuples(
        st.decimals("0.5", "1.5", places=6),
        st.integers(0, 3),
        st.sampled_from(list(Rounding.values)),
    ),
    first_day=st.integers(-2, 1),
    days=st.none() | st.integers(0, 3),
)


@dataclass(frozen=True)
class Deal:
    """A promotion as drawn, on the first SKU, the family of it, or all goods."""

    effect: str
    percent: Decimal
    amount: int
    priority: int
    combinable: bool
    about: str
    min_quantity: int
    min_order: int | None
    start: int
    hours: int

    def lives_at(self, at: datetime) -> bool:
        return AT + self.start * HOUR <= at < AT + (self.start + self.hours) * HOUR

    def leaves(self, price: int) -> int:
        if self.effect == Effect.PERCENT:
            exact = Decimal(price) * (100 - self.percent) / 100
            return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        return (
            max(price - self.amount, 0) if self.effect == Effect.AMOUNT else min(price, self.amount)
        )


DEALS = st.builds(
    Deal,
    effect=st.sampled_from([Effect.PERCENT, Effect.AMOUNT, Effect.PRICE]),
    percent=st.decimals("0.01", "100", places=2),
    amount=st.integers(1, 400),
    priority=st.integers(1, 2),
    combinable=st.booleans(),
    about=st.sampled_from(["sku", "family", "all"]),
    min_quantity=st.sampled_from([1, 4, 8]),
    min_order=st.none() | st.integers(1, 9000),
    start=st.integers(-30, 20),
    hours=st.integers(1, 50),
)
ROUNDS = {Rounding.UP: ROUND_CEILING, Rounding.DOWN: ROUND_FLOOR, Rounding.NEAREST: ROUND_HALF_UP}


def reached(tiers: dict[int, int], quantity: int) -> int | None:
    steps = [tier for tier in tiers if tier <= quantity]
    return tiers[max(steps)] if steps else None


def listed(default: Book, books: list[Book], contract, quantity: int, at: datetime) -> int | None:
    """What the first list says in which a tier applies: contract, own lists, the default."""
    if contract and at < start_of(DAY + timedelta(days=1)) and at >= start_of(DAY):
        price = reached(contract, quantity)
        if price is not None:
            return price
    own = sorted(enumerate(books), key=lambda pair: (pair[1].priority, pair[0]))
    for _, book in own:
        if not book.holds_at(at):
            continue
        if book.computed is None:
            price = reached(book.tiers(at), quantity)
        else:
            price = reached(book.first, quantity)
            factor, digits, rounding = book.computed
            base = reached(default.tiers(at), quantity)
            if price is None and base is not None:
                step = Decimal(10) ** digits
                whole = (base * factor / step).quantize(Decimal(1), ROUNDS[Rounding(rounding)])
                price = int(whole * step)
        if price is not None:
            return price
    return reached(default.tiers(at), quantity)


def promoted(deals: list[Deal], price: int, quantity: int, worth: int | None, at: datetime) -> int:
    applied: list[Deal] = []
    for _, deal in sorted(enumerate(deals), key=lambda pair: (pair[1].priority, pair[0])):
        if not deal.lives_at(at) or quantity < deal.min_quantity:
            continue
        if deal.min_order is not None and (worth is None or worth < deal.min_order):
            continue
        if any(not one.combinable for one in applied) or (applied and not deal.combinable):
            continue
        if deal.leaves(price) != price:
            price = deal.leaves(price)
            applied.append(deal)
    return price


def lay(chain: Chain, default: Book, books: list[Book], contract, deals: list[Deal]) -> None:
    """Write what was drawn by the operations; everything is about the first SKU."""
    sku, act = chain.skus[0], {"actor": chain.at_seller, "at": AT - 99 * HOUR}
    Promotion.objects.all().delete()
    Contract.objects.all().delete()
    ListPrice.objects.all().delete()
    PriceList.objects.filter(version_of__isnull=False).delete()
    PriceList.objects.filter(base__isnull=False).delete()
    PriceList.objects.all().delete()

    def fill(where: PriceList, tiers: dict[int, int]) -> None:
        prices = [NewPrice(sku.pk, amount, tier) for tier, amount in tiers.items()]
        operations.set_prices(where, prices=prices, valid_from=DAY - timedelta(days=30), **act)

    def versions(where: PriceList, book: Book) -> None:
        for hour, tiers in book.versions.items():
            version = operations.begin_version(where, copy=False, **act)
            fill(version, tiers)
            operations.schedule(version, live_from=AT + hour * HOUR, **act)

    common = {"actor": chain.at_seller, "seller": chain.seller}
    base = operations.create_list(**common, code="STD", name="standard", is_default=True)
    fill(base, default.first)
    versions(base, default)
    for number, book in enumerate(books):
        words = {"code": f"L{number}", "name": "list", "priority": book.priority}
        if book.computed:
            factor, digits, rounding = book.computed
            made = operations.compute_list(
                actor=chain.at_seller, base=base, factor=factor, round_to=digits,
                rounding=rounding, **words,
            )  # fmt: skip
            fill(made, book.first)
        else:
            made = operations.create_list(**common, **words)
            fill(made, book.first)
            versions(made, book)
        since = DAY + timedelta(days=book.first_day)
        until = None if book.days is None else since + timedelta(days=book.days)
        operations.assign(made, buyer=chain.dealer, valid_from=since, valid_to=until, **act)
    if contract:
        prices = [NewPrice(sku.pk, amount, tier) for tier, amount in contract.items()]
        agreed(
            buyer=chain.dealer, seller=chain.seller, code="CT", name="contract", prices=prices,
            valid_from=DAY, valid_to=DAY, **act,
        )  # fmt: skip
    for number, deal in enumerate(deals):
        is_percent = deal.effect == Effect.PERCENT
        wanted = NewPromotion(
            code=f"P{number}", name="promotion", effect=deal.effect, priority=deal.priority,
            percent=deal.percent if is_percent else None,
            amount=None if is_percent else deal.amount,
            combinable=deal.combinable, min_quantity=deal.min_quantity, min_order=deal.min_order,
            starts_at=AT + deal.start * HOUR, ends_at=AT + (deal.start + deal.hours) * HOUR,
            skus=[sku.pk] if deal.about == "sku" else [],
            families=[sku.family_id] if deal.about == "family" else [],
        )  # fmt: skip
        operations.announce(wanted, seller=chain.seller, **act)


def unit_price(chain: Chain, quantity: int, at: datetime, *, as_order: bool = True) -> int | None:
    sku = chain.skus[0].pk
    found = queries.resolve(
        buyer=chain.dealer, seller=chain.seller, wanted=[(sku, quantity)], at=at, as_order=as_order
    )[sku]
    return found.unit_price if found else None


BOUNDS = """
select quantity_from, quantity_below, until, unit_price
  from pricing_answer(%s, %s, '{1}', %s, %s, %s, true, false, true)"""


def bounds(chain: Chain, quantity: int, at: datetime):
    with connection.cursor() as cursor:
        cursor.execute(BOUNDS, [[chain.dealer], [chain.seller], [chain.skus[0].pk], [quantity], at])
        return cursor.fetchone()


@given(
    default=BOOKS.map(lambda book: replace(book, computed=None)),
    books=st.lists(BOOKS, max_size=3),
    contract=st.none() | TIERS.filter(bool),
    deals=st.lists(DEALS, max_size=3),
    quantity=st.integers(1, 12),
    at=MOMENTS,
    other=st.tuples(st.integers(1, 14), st.integers(0, 60)),
)
@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_answer_is_the_reference_and_holds_as_long_as_it_says(
    chain, default, books, contract, deals, quantity, at, other
) -> None:
    with acting_for([chain.seller]):
        lay(chain, default, books, contract, deals)

        def expected(quantity: int, at: datetime, *, as_order: bool) -> int | None:
            price = listed(default, books, contract, quantity, at)
            if price is None:
                return None
            worth = price * quantity if as_order else None
            return promoted(deals, price, quantity, worth, at)

        for as_order in (True, False):
            said = unit_price(chain, quantity, at, as_order=as_order)
            assert said == expected(quantity, at, as_order=as_order)
        row = bounds(chain, quantity, at)
        if row is None:
            return
        lowest, above, until, price = row
        later, also = at + other[1] * HOUR, other[0]
        holds = until != at and (until is None or later < until)
        if holds and lowest <= also and (above is None or also < above):
            assert expected(also, later, as_order=True) == price


def test_a_budget_is_used_up_and_the_answer_is_not_kept(chain) -> None:
    act = {"actor": chain.at_seller, "at": AT}
    with acting_for([chain.seller]):
        std = operations.create_list(
            actor=chain.at_seller, seller=chain.seller, code="STD", name="s", is_default=True
        )
        price = NewPrice(chain.skus[0].pk, 1000)
        operations.set_prices(std, prices=[price], valid_from=DAY, **act)
        promotion = operations.announce(
            NewPromotion("TEN", "ten off", Effect.PERCENT, AT, AT + HOUR, Decimal(10), budget=150),
            seller=chain.seller, **act,
        )  # fmt: skip
        assert unit_price(chain, 1, AT) == 900
        assert bounds(chain, 1, AT)[2] == AT
        Promotion.objects.filter(pk=promotion.pk).update(spent=150)
        assert unit_price(chain, 1, AT) == 1000
        Promotion.objects.filter(pk=promotion.pk).update(spent=0)
        operations.stop_promotion(promotion, **act)
        assert unit_price(chain, 1, AT) == 1000


def test_a_version_goes_live_as_a_whole_and_is_set_while_it_is_not(chain) -> None:
    act = {"actor": chain.at_seller, "at": AT}
    first, second = (sku.pk for sku in chain.skus[:2])
    with acting_for([chain.seller]):
        std = operations.create_list(
            actor=chain.at_seller, seller=chain.seller, code="STD", name="s", is_default=True
        )
        prices = [NewPrice(first, 999), NewPrice(second, 200)]
        operations.set_prices(std, prices=prices, valid_from=DAY, **act)
        version = operations.begin_version(std, factor=Decimal("1.1"), **act)
        with pytest.raises(Invalid, match="instant-past"):
            operations.schedule(version, live_from=AT - HOUR, **act)
        operations.schedule(version, live_from=AT + HOUR, **act)
        rival = operations.begin_version(std, **act)
        with pytest.raises(Refused, match="instant-taken"):
            operations.schedule(rival, live_from=AT + HOUR, **act)
        assert unit_price(chain, 1, AT + HOUR - timedelta(microseconds=1)) == 999
        assert unit_price(chain, 1, AT + HOUR) == 1099
        later = {"actor": chain.at_seller, "at": AT + HOUR}
        with pytest.raises(Refused, match="version-live"):
            operations.withdraw(version, **later)
        # What is set in the list from now on is set where it is live.
        operations.set_prices(std, prices=[NewPrice(first, 5)], valid_from=DAY, **later)
        assert unit_price(chain, 1, AT + HOUR) == 5
        assert unit_price(chain, 1, AT) == 999
        operations.discard(rival, **later)
        empty = operations.begin_version(std, copy=False, **later)
        with pytest.raises(Refused, match="version-empty"):
            operations.schedule(empty, live_from=AT + 2 * HOUR, **later)


def test_what_is_no_promotion_and_no_contract_is_refused(chain) -> None:
    act = {"actor": chain.at_seller, "at": AT}
    good = NewPromotion("P", "p", Effect.PERCENT, AT, AT + HOUR, Decimal(10))
    with acting_for([chain.seller]):
        for wrong in (
            replace(good, percent=Decimal(0)),
            replace(good, percent=Decimal(101)),
            replace(good, effect=Effect.AMOUNT, percent=None),
            replace(good, effect="GIFT"),
            replace(good, ends_at=AT),
            replace(good, min_quantity=0),
            replace(good, budget=0),
            replace(good, code=""),
        ):
            with pytest.raises(Invalid):
                operations.announce(wrong, seller=chain.seller, **act)
        operations.announce(good, seller=chain.seller, **act)
        with pytest.raises(Refused, match="code-taken"):
            operations.announce(good, seller=chain.seller, **act)
        with pytest.raises(Invalid, match="no-prices"):
            operations.offer(
                buyer=chain.dealer, seller=chain.seller, code="C", name="c", prices=[],
                valid_from=DAY, valid_to=DAY, **act,
            )  # fmt: skip
