"""Who pays what: the database's answer against a plain reference, and who gets an answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.commerce.conftest import AT, DAY, desk

from heliu.commerce.pricing import operations, queries
from heliu.commerce.pricing.models import ListPrice, PriceList, PriceListBuyer
from heliu.commerce.pricing.operations import NewPrice
from heliu.commerce.pricing.policies import Span, overlay
from heliu.commerce.pricing.queries import Price
from heliu.kernel.access.door import acting_for
from heliu.kernel.clock import start_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Fact
from heliu.kernel.parties.models import RelationshipStatus, TradingRelationship

LATER = DAY + timedelta(days=10)


def make_list(chain, code="STD", **fields) -> PriceList:
    return operations.create_list(
        actor=chain.at_seller, seller=chain.seller, code=code, name=code, **fields
    )


def set_prices(chain, price_list, *prices, valid_from=DAY, valid_to=None) -> None:
    operations.set_prices(
        price_list,
        actor=chain.at_seller,
        prices=[NewPrice(sku.pk, amount, quantity) for sku, quantity, amount in prices],
        valid_from=valid_from,
        valid_to=valid_to,
        at=AT,
    )


def assign(chain, price_list, **fields) -> PriceListBuyer:
    return operations.assign(
        price_list,
        actor=chain.at_seller,
        buyer=chain.dealer,
        **{"valid_from": DAY, "at": AT, **fields},
    )


def resolve(chain, *wanted, on=DAY, buyer=None):
    return queries.resolve(
        buyer=buyer or chain.dealer,
        seller=chain.seller,
        wanted=[(sku.pk, quantity) for sku, quantity in wanted],
        at=start_of(on) + timedelta(hours=11),
    )


def test_a_list_and_what_comes_of_it_have_one_currency(chain) -> None:
    with acting_for([chain.seller]):
        with pytest.raises(Invalid, match="currency-unknown"):
            make_list(chain, currency="shells")
        with pytest.raises(Refused, match="default-in-ours"):
            make_list(chain, currency="USD", is_default=True)
        held = make_list(chain, currency="USD")
        with pytest.raises(Refused, match="currency-not-theirs"):
            assign(chain, held)
        wrong = {"seller": chain.seller, "currency": "EUR"}
        for change in (
            lambda: PriceList.objects.filter(pk=held.pk).update(currency="EUR"),
            lambda: PriceList.objects.filter(pk=held.pk).update(is_default=True),
            lambda: PriceList.objects.create(**wrong, code="V", version_of=held),
            lambda: PriceList.objects.create(**wrong, code="C", base=held, factor=1),
            lambda: PriceList.objects.create(seller=chain.seller, code="X", currency="XYZ"),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()


def test_the_first_list_with_a_tier_decides_and_all_its_tiers_are_told(chain) -> None:
    one, two, three, four = chain.skus
    with acting_for([chain.seller]):
        default = make_list(chain, is_default=True, priority=1)
        own = make_list(chain, "OWN", priority=2)
        better = make_list(chain, "BETTER", priority=1)
        set_prices(chain, default, (one, 1, 100), (two, 1, 200), (three, 1, 300))
        set_prices(chain, own, (one, 1, 90), (one, 10, 80), (two, 5, 150))
        set_prices(chain, better, (three, 1, 999))
        assign(chain, own)
        assign(chain, better, valid_from=LATER)
        found = resolve(chain, (one, 12), (two, 4), (three, 1), (four, 1))
        later = resolve(chain, (three, 1), on=LATER)
    assert found == {
        one.pk: Price(80, "OWN", 10, "CNY", ((1, 90), (10, 80))),
        two.pk: Price(200, "STD", 1, "CNY", ((1, 200),)),
        three.pk: Price(300, "STD", 1, "CNY", ((1, 300),)),
        four.pk: None,
    }
    assert later[three.pk].unit_price == 999


def test_a_sku_wanted_twice_is_priced_for_the_sum(chain) -> None:
    sku = chain.skus[0]
    with acting_for([chain.seller]):
        set_prices(chain, make_list(chain, is_default=True), (sku, 1, 100), (sku, 10, 90))
        assert resolve(chain, (sku, 5), (sku, 5))[sku.pk].unit_price == 90
        assert resolve(chain, (sku, 5), (sku, 4))[sku.pk].unit_price == 100
        assert resolve(chain) == {}


def test_prices_are_for_buyer_and_seller_only(chain, as_worker) -> None:
    sku = chain.skus[0]
    with acting_for([chain.seller]):
        set_prices(chain, make_list(chain, is_default=True), (sku, 1, 100))
    for org in (chain.dealer, chain.seller):
        with acting_for([org]):
            assert resolve(chain, (sku, 1))[sku.pk].unit_price == 100
    for org in (chain.stranger, chain.other_seller):
        with acting_for([org]):
            assert resolve(chain, (sku, 1)) == {sku.pk: None}
            assert resolve(chain, (sku, 1), buyer=chain.stranger) == {sku.pk: None}
    assert resolve(chain, (sku, 1)) == {sku.pk: None}
    with as_worker():
        assert resolve(chain, (sku, 1))[sku.pk].unit_price == 100
        TradingRelationship.objects.update(status=RelationshipStatus.ENDED)
    with acting_for([chain.dealer]):
        assert resolve(chain, (sku, 1)) == {sku.pk: None}


def test_a_buyer_does_not_see_the_tables(chain) -> None:
    with acting_for([chain.seller]):
        price_list = make_list(chain, is_default=True)
        set_prices(chain, price_list, (chain.skus[0], 1, 100))
        assign(chain, price_list)
        for rows in (
            queries.lists_visible_to(chain.at_seller),
            queries.assignments_visible_to(chain.at_seller),
            queries.prices_visible_to(chain.at_seller),
        ):
            assert rows.count() == 1
    with acting_for([chain.dealer]):
        for model in (PriceList, PriceListBuyer, ListPrice):
            assert not model.objects.exists()


def test_resolving_is_one_statement(chain, django_assert_num_queries) -> None:
    with acting_for([chain.dealer]), django_assert_num_queries(1):
        resolve(chain, *((sku, 3) for sku in chain.skus))


def test_setting_prices_takes_no_more_statements_for_more_prices(
    chain, django_assert_max_num_queries
) -> None:
    with acting_for([chain.seller]):
        price_list = make_list(chain)
        tiers = [(sku, n, 1000 - n) for sku in chain.skus for n in range(1, 50)]
        for _ in range(2):
            with django_assert_max_num_queries(7):
                set_prices(chain, price_list, *tiers)


def test_a_new_price_replaces_only_its_own_days_and_tier(chain) -> None:
    sku = chain.skus[0]
    with acting_for([chain.seller]):
        price_list = make_list(chain, is_default=True)
        set_prices(chain, price_list, (sku, 1, 100), (sku, 10, 90))
        set_prices(chain, price_list, (sku, 1, 70), valid_from=LATER, valid_to=LATER)
        days = [LATER - timedelta(days=1), LATER, LATER + timedelta(days=1)]
        assert [resolve(chain, (sku, 1), on=day)[sku.pk].unit_price for day in days] == [
            100,
            70,
            100,
        ]
        assert resolve(chain, (sku, 10), on=LATER)[sku.pk].unit_price == 90
        assert resolve(chain, (sku, 1), on=DAY - timedelta(days=1)) == {sku.pk: None}


def test_what_cannot_be_a_price_is_refused(chain) -> None:
    sku = chain.skus[0]
    with acting_for([chain.seller, chain.other_seller]):
        price_list = make_list(chain, is_default=True)
        with pytest.raises(Invalid, match="tier-twice"):
            set_prices(chain, price_list, (sku, 1, 100), (sku, 1, 90))
        for quantity, amount in ((0, 1), (1, -1)):
            with pytest.raises(Invalid, match="price-invalid"):
                set_prices(chain, price_list, (sku, quantity, amount))
        with pytest.raises(NotFound):
            set_prices(chain, price_list, (chain.foreign_sku, 1, 100))
        with pytest.raises(Invalid, match="days-reversed"):
            set_prices(chain, price_list, (sku, 1, 1), valid_to=DAY - timedelta(days=1))
        with pytest.raises(Refused, match="code-taken"):
            make_list(chain)
        with pytest.raises(Refused, match="default-taken"):
            make_list(chain, "OTHER", is_default=True)


def test_only_the_seller_with_the_right_sets_prices(chain) -> None:
    with acting_for([chain.seller]):
        price_list = make_list(chain)
        for actor, refusal in (
            (desk(chain.seller, "sell"), Forbidden),
            (desk(chain.dealer, "price"), NotFound),
        ):
            with pytest.raises(refusal):
                operations.set_prices(price_list, actor=actor, prices=[], valid_from=DAY, at=AT)
            with pytest.raises(refusal):
                operations.assign(
                    price_list, actor=actor, buyer=chain.dealer, valid_from=DAY, at=AT
                )
            with pytest.raises(refusal):
                operations.create_list(actor=actor, seller=chain.seller, code="X", name="X")


def test_a_list_is_assigned_once_for_a_day_and_only_to_who_trades(chain) -> None:
    with acting_for([chain.seller]):
        price_list = make_list(chain)
        assign(chain, price_list, valid_to=LATER)
        with pytest.raises(Refused, match="assigned-already"):
            assign(chain, price_list, valid_from=LATER)
        assign(chain, price_list, valid_from=LATER + timedelta(days=1))
        with pytest.raises(NotFound):
            operations.assign(
                price_list, actor=chain.at_seller, buyer=chain.stranger, valid_from=DAY, at=AT
            )
        assert Fact.objects.filter(name="commerce.price-list-assigned").count() == 2


def test_the_database_refuses_overlaps(chain) -> None:
    with acting_for([chain.seller]):
        price_list = make_list(chain)
        same = {"price_list": price_list, "seller": chain.seller, "valid_from": LATER}
        price = {**same, "sku": chain.skus[0], "min_quantity": 10}
        ListPrice.objects.create(**price, amount=1)
        PriceListBuyer.objects.create(**same, buyer=chain.dealer)
        early = {"valid_from": DAY, "valid_to": LATER}
        with pytest.raises(IntegrityError, match="list_price_no_overlap"), transaction.atomic():
            ListPrice.objects.create(**{**price, **early}, amount=2)
        with pytest.raises(IntegrityError, match="assignment_no_overlap"), transaction.atomic():
            PriceListBuyer.objects.create(**{**same, **early}, buyer=chain.dealer)
        ListPrice.objects.create(**{**price, "min_quantity": 11}, amount=2)


DAYS = st.dates(min_value=DAY - timedelta(days=8), max_value=DAY + timedelta(days=8))
SPANS = st.tuples(DAYS, st.none() | st.integers(0, 8), st.integers(0, 99)).map(
    lambda drawn: Span(
        drawn[2], drawn[0], None if drawn[1] is None else drawn[0] + timedelta(days=drawn[1])
    )
)


def on_day(spans, day: date) -> int | None:
    held = [span.amount for span in spans if span.holds_on(day)]
    assert len(held) <= 1
    return held[0] if held else None


@given(new=st.lists(SPANS, max_size=6))
def test_the_newest_price_holds_on_its_days_and_the_older_on_all_others(new) -> None:
    laid: list[Span] = []
    for span in new:
        before = laid
        laid = overlay(laid, span)
        for offset in range(-10, 30):
            day = DAY + timedelta(days=offset)
            expected = span.amount if span.holds_on(day) else on_day(before, day)
            assert on_day(laid, day) == expected


# A market in a few lists: (priority, is default, assigned on these days, prices).
PRICES = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([1, 5, 10]), SPANS), max_size=5)
LISTS = st.lists(st.tuples(st.integers(1, 3), SPANS, PRICES), min_size=1, max_size=4)


def reference(market, has_default: bool, sku: int, quantity: int, day: date):
    """What the rule says in plain words: the first list in which a tier applies."""

    def tiers(prices):
        found: dict[int, int] = {}
        for tier in (1, 5, 10):
            for which, start, span in prices:
                if (which, start) == (sku, tier) and span.holds_on(day):
                    found[tier] = span.amount
        return found

    own = [
        (priority, f"L{number}", prices)
        for number, (priority, assigned, prices) in enumerate(market)
        if not (has_default and number == 0) and assigned.holds_on(day)
    ]
    ordered = sorted(own, key=lambda one: one[:2])
    if has_default:
        ordered.append((0, "L0", market[0][2]))
    for _, code, prices in ordered:
        steps = tiers(prices)
        reached = [tier for tier in steps if tier <= quantity]
        if reached:
            best = max(reached)
            return Price(steps[best], code, best, "CNY", tuple(sorted(steps.items())))
    return None


@given(market=LISTS, has_default=st.booleans(), quantity=st.integers(1, 12), day=DAYS)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_database_prices_as_the_reference_does(
    chain, market, has_default, quantity, day
) -> None:
    with acting_for([chain.seller]):
        PriceList.objects.all().delete()
        lists = PriceList.objects.bulk_create(
            PriceList(
                seller=chain.seller,
                code=f"L{number}",
                name="list",
                priority=priority,
                is_default=has_default and number == 0,
            )
            for number, (priority, _, _) in enumerate(market)
        )
        for price_list, (_, assigned, prices) in zip(lists, market, strict=True):
            if not price_list.is_default:
                assign(
                    chain,
                    price_list,
                    valid_from=assigned.valid_from,
                    valid_to=assigned.valid_to,
                )
            for which, tier, span in prices:
                set_prices(
                    chain,
                    price_list,
                    (chain.skus[which], tier, span.amount),
                    valid_from=span.valid_from,
                    valid_to=span.valid_to,
                )
        found = resolve(chain, (chain.skus[0], quantity), (chain.skus[1], quantity), on=day)
    assert found == {
        chain.skus[which].pk: reference(market, has_default, which, quantity, day)
        for which in (0, 1)
    }
