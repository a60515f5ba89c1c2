"""A large data set in small: whatever is loaded keeps every law, and is as it was planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Sum
from tests.conftest import be, cloned

from heliu.capital.books.models import Account
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.commerce.catalogue.operations import Article, write_articles
from heliu.commerce.ordering.models import Order, OrderLine, PayBy
from heliu.config import soundness
from heliu.demo import chain as chains
from heliu.demo import sample
from heliu.demo.chain import SYSTEM, Chain
from heliu.demo.sample import Behaviour
from heliu.demo.stage import Story
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.parties.models import Organization
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.models import Journal
from heliu.logistics.stock.models import StockRow
from heliu_world.bulk import financed, plan
from heliu_world.bulk.financed import WAYS, closed, live_through, unless_declined
from heliu_world.bulk.load import load
from heliu_world.bulk.plan import Size

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SAMPLE = sample.load(day_of(AT))
SIZE = Size(dealers=16, orders=40)
APART = Counter(line.sku for order in SAMPLE.orders for line in order.lines).most_common(1)[0][0]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Chain]:
    """A small chain with sixteen dealers more, and a year of what they ordered."""
    with django_db_blocker.unblock(), cloned(connection.settings_dict["NAME"]) as name:
        be("heliu_worker", name)
        with transaction.atomic():
            chain = chains.lay(
                dealers=SAMPLE.dealers[:2], families=SAMPLE.families, skus=SAMPLE.skus,
                at=AT - timedelta(days=1), log_ins=1,
            )  # fmt: skip
            article = Article(APART, tracking="LOT")
            write_articles([article], actor=SYSTEM, seller=chain.seller)
        be("heliu_owner", name)
        told: list[str] = []
        count = load(chain, SAMPLE, SIZE, at=AT, say=told.append)
        assert told[0] == "16 dealers"
        be("heliu_worker", name)
        assert count == Order.objects.count()
        yield chain


def broken() -> list[tuple[str, list[str]]]:
    """The laws that do not hold; `roles` is about a grant of the test cluster only."""
    found = [(room, look()) for room, look in soundness.checks() if room != "roles"]
    return [(room, lines) for room, lines in found if lines]


def test_every_law_holds(loaded: Chain) -> None:
    assert broken() == []


def test_the_orders_are_as_planned(loaded: Chain) -> None:
    wanted = {buyer.code: buyer.orders for buyer in plan.buyers(SAMPLE, SIZE)}
    codes = dict(Organization.objects.values_list("id", "code"))
    placed = Order.objects.values_list("buyer").annotate(Count("id"))
    assert {codes[buyer]: count for buyer, count in placed} == wanted
    begins, ends = plan.window(AT, SIZE)
    moments = list(Order.objects.values_list("placed_at", flat=True))
    assert begins <= min(moments)
    assert max(moments) <= ends
    assert {PayBy.TERMS, PayBy.TRANSFER} == set(Order.objects.values_list("pay_by", flat=True))


def test_goods_told_apart_are_left_out(loaded: Chain) -> None:
    assert not OrderLine.objects.filter(sku=loaded.skus[APART]).exists()


def test_an_order_is_the_sum_of_its_lines_at_the_list_price(loaded: Chain) -> None:
    summed = Order.objects.annotate(of_lines=Sum("lines__amount"), n=Count("lines"))
    assert not summed.exclude(total=F("of_lines"), n__lte=plan.LINES).exists()
    skus = {loaded.skus[sku.code]: sku for sku in SAMPLE.skus}
    for line in OrderLine.objects.all():
        sku = skus[line.sku_id]
        is_much = sku.tier_from > 1 and line.quantity >= sku.tier_from
        assert line.unit_price == (sku.tier_price if is_much else sku.price)


def test_the_books_say_what_was_sold_and_what_is_owed(loaded: Chain) -> None:
    seller = dict(Account.objects.filter(org=loaded.seller).values_list("code").annotate(Sum("id")))
    sold = Order.objects.aggregate(Sum("total"))["total__sum"]
    assert posting.balances([seller["revenue"]])[seller["revenue"]].posted == -sold
    owed = Account.objects.filter(org=loaded.seller, code="receivable").exclude(other=None)
    open_bills = sum(
        one.posted for one in posting.balances(list(owed.values_list("id", flat=True))).values()
    )
    assert 0 < open_bills < sold
    assert Journal.objects.filter(at__gt=AT).count() == 0


def test_what_came_last_lies_at_the_dealers(loaded: Chain) -> None:
    ends = plan.window(AT, SIZE)[1]
    lately = OrderLine.objects.filter(order__placed_at__gt=ends - timedelta(days=2))
    lies = StockRow.objects.exclude(owner=loaded.seller).aggregate(Sum("quantity"))
    assert lies["quantity__sum"] == lately.aggregate(Sum("quantity"))["quantity__sum"]


def test_financed_deals_are_lived_through_and_every_law_holds(
    loaded: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = chains.find()
    assert everybody is not None
    # Some wish for more than their limits carry: they order for less.
    monkeypatch.setattr(financed, "YUANS", (9_000, 2_000_000))
    codes = plan.reliable(SAMPLE, SIZE)
    assert live_through(everybody, codes, len(WAYS), at=AT, say=lambda words: None) == len(WAYS)
    found = Counter(Loan.objects.values_list("status", flat=True))
    assert found[LoanStatus.CLOSED] == WAYS.count(closed)
    assert found.total() == len(WAYS)
    assert broken() == []


def test_the_same_sample_and_size_make_the_same_dealers() -> None:
    one, other = (
        [(buyer.code, buyer.names, buyer.behaviour, buyer.orders, buyer.size)
         for buyer in plan.buyers(SAMPLE, Size(dealers=500))]
        for _ in range(2)
    )  # fmt: skip
    assert one == other
    assert len({names for _, names, _, _, _ in one}) == 500
    assert {behaviour for _, _, behaviour, _, _ in one} == set(Behaviour)


def test_turnover_comes_out_as_planned() -> None:
    models = plan.models(SAMPLE)
    price = {sku.code: sku.tier_price for sku in SAMPLE.skus}
    by = plan.factor(SAMPLE, models, Size(dealers=1))
    orders = [lines for model in models for _, lines in model.orders]
    mean = sum(
        by * sum(price[sku] * n for sku, n in lines) / len(lines) * min(plan.LINES, len(lines))
        for lines in orders
    ) / len(orders)
    assert round(mean * plan.ORDERS_A_YEAR) == plan.TURNOVER_A_YEAR


def test_whom_the_bank_declines_does_not_order() -> None:
    def told(code: str) -> Story[None]:
        yield AT
        raise Refused(code, "No.")

    assert list(unless_declined(told("finance-declined"))) == [AT]
    with pytest.raises(Refused):
        list(unless_declined(told("out-of-stock")))
