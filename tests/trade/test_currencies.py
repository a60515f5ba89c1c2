"""Two who trade in another currency: only its lists answer, orders carry it, books balance in it, and
what has no rule in it yet is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.databases import CLUSTER
from tests.examples import examples
from tests.trade.conftest import World
from tests.trade.laws import hold

from heliu.capital.books import queries as books
from heliu.capital.books.models import Account
from heliu.capital.terms.operations.granting import Wanted
from heliu.commerce.ordering.models import Order, OrderLine
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing import queries as prices
from heliu.commerce.pricing.models import Contract, PriceList
from heliu.commerce.quotes import operations as quotes
from heliu.commerce.quotes.models import Quote, QuoteLine
from heliu.commerce.quotes.policies import Answer, Asked
from heliu.commerce.spending import operations as spending
from heliu.demo.chain import enrol
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.events.models import Fact, Notice
from heliu.kernel.money import TRADED
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import TradingRelationship
from heliu.kernel.posting.models import Account as Entry
from heliu.trade import (
    conceding,
    confirming,
    contracts,
    currencies,
    place_order,
    previewing,
    quoting,
    receivables,
    returns,
)

SALES = "sales@seller.demo"
OTHERS = [currency for currency in TRADED if currency != "CNY"]


OWNER = "owner@far.demo"


def buyer(world: World) -> UUID:
    return world.actor(OWNER).own_org


@pytest.fixture
def world(world: World) -> World:
    """The chain with one dealer more, which has ordered nothing yet."""
    with world.worker() as system:
        house = parties.register(
            actor=system, code="far", roles=("DEALER",), name="Far away", name_zh="远方",
            short_name="Far", short_name_zh="远方", city="", city_zh="",
        )  # fmt: skip
        enrol(OWNER, "Ann", house.pk, "owner")
        parties.relate(
            actor=system, buyer=buyer(world), seller=world.chain.seller, since=day_of(world.at)
        )
    return world


def abroad(world: World, currency: str = "USD", price: int = 200) -> PriceList:
    """The dealer trades in a currency and has a list in it, for blue mugs."""
    with world.desk(SALES) as sales:
        currencies.set_currency(buyer(world), currency, actor=sales, at=world.at)
        made = pricing.create_list(
            actor=sales, seller=world.chain.seller, code="EXPORT", name="Export", currency=currency
        )
        wanted = [pricing.NewPrice(world.chain.skus["M1"], price)]
        today = day_of(world.at)
        pricing.set_prices(made, actor=sales, prices=wanted, valid_from=today, at=world.at)
        pricing.assign(made, actor=sales, buyer=buyer(world), valid_from=today, at=world.at)
        return made


def order(world: World, **more: object) -> Order:
    with world.desk(OWNER) as owner:
        said = {"pay_by": "TRANSFER", "lines": world.lines(M1=10), **more}
        return place_order.place(
            actor=owner,
            seller=world.chain.seller,
            at=world.at,
            **said,  # type: ignore[arg-type]
        ).order


def test_only_its_lists_answer_and_orders_carry_it(world: World) -> None:
    abroad(world)
    with world.desk(OWNER):
        wanted = [(world.chain.skus[code], 1) for code in ("M1", "M2")]
        found = prices.resolve(
            buyer=buyer(world), seller=world.chain.seller, wanted=wanted, at=world.at
        )
        mug, other = (found[sku] for sku, _ in wanted)
    assert mug is not None
    assert (mug.unit_price, mug.currency, other) == (200, "USD", None)
    placed = order(world)
    assert (placed.currency, placed.total) == ("USD", 2000)
    with world.worker():
        fact = Fact.objects.get(subject=placed.pk, name="commerce.order-placed")
        assert fact.payload["currency"] == "USD"
        assert Order.objects.get(pk=placed.pk).currency == "USD"
    hold(world)


def test_what_is_paid_stands_on_accounts_of_its_unit_and_crosses_no_other(world: World) -> None:
    abroad(world)
    placed = order(world)
    with world.desk(SALES) as sales:
        place_order.confirm(placed.pk, actor=sales, at=world.at)
        rows = books.trial_balance(sales)
    assert {(row.code, row.debit - row.credit) for row in rows if row.currency == "USD"} == {
        ("cash@USD", 2000), ("contract_liability@USD", -2000),
    }  # fmt: skip
    with world.worker():
        for account in Account.objects.filter(code__contains="@"):
            assert Entry.objects.get(pk=account.pk).unit == account.code.partition("@")[2]
        for account in Account.objects.exclude(code__contains="@"):
            assert Entry.objects.get(pk=account.pk).unit == "CNY"
        owner = buyer(world)
        stands = {}
        for row in books.trial_balance(world.actor(OWNER), org=owner):
            stands[row.currency] = stands.get(row.currency, 0) + row.debit - row.credit
        assert set(stands.values()) == {0}
    hold(world)


@pytest.mark.parametrize("way", ["TERMS", "FINANCE"])
def test_it_is_paid_by_transfer_alone(world: World, way: str) -> None:
    abroad(world)
    with pytest.raises(Refused) as caught:
        order(world, pay_by=way)
    assert (caught.value.code, caught.value.field) == ("currency-by-transfer", "pay_by")
    with world.desk(OWNER) as owner:
        seen = previewing.preview(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=10), at=world.at
        )
    assert seen.currency == "USD"
    assert {one.pay_by: one.closed for one in seen.ways} == {
        "TRANSFER": "", "FINANCE": "other-currency", "TERMS": "other-currency",
    }  # fmt: skip


def test_whoever_takes_it_to_cost_something_else_is_told(world: World) -> None:
    abroad(world)
    with pytest.raises(Refused) as caught:
        order(world, currency="CNY")
    assert (caught.value.code, caught.value.field) == ("currency-other", "currency")
    assert order(world, currency="USD").currency == "USD"


def test_it_is_set_before_anything_is_agreed(world: World) -> None:
    with world.desk(SALES) as sales:
        receivables.set_terms(buyer(world), Wanted(ceiling=5), actor=sales, at=world.at)
        with pytest.raises(Refused) as caught:
            currencies.set_currency(buyer(world), "USD", actor=sales, at=world.at)
        assert caught.value.code == "currency-bound"  # trade credit
        receivables.set_terms(buyer(world), Wanted(ceiling=0), actor=sales, at=world.at)
    with world.desk(SALES) as sales:
        parties.set_least_order(500, actor=sales, buyer=buyer(world))
    abroad(world)
    with world.worker():
        link = TradingRelationship.objects.get(buyer=buyer(world))
        assert (link.least_order, link.least_is_own) == (0, False)  # it was said in the old one
    order(world)
    with world.desk(SALES) as sales, pytest.raises(Refused) as caught:
        currencies.set_currency(buyer(world), "CNY", actor=sales, at=world.at)
    assert caught.value.code == "currency-bound"  # an order
    with world.worker(), pytest.raises(IntegrityError), transaction.atomic():
        TradingRelationship.objects.filter(buyer=buyer(world)).update(currency="EUR")


def test_the_database_refuses_an_order_in_another_currency_than_theirs(world: World) -> None:
    abroad(world)
    placed = order(world)
    with world.worker():
        for currency in ("EUR", "XYZ"):
            with pytest.raises(IntegrityError), transaction.atomic():
                Order.objects.filter(pk=placed.pk).update(currency=currency)
        with pytest.raises(IntegrityError), transaction.atomic():
            PriceList.objects.filter(code="EXPORT").update(currency="EUR")
        with pytest.raises(IntegrityError), transaction.atomic():
            PriceList.objects.filter(code="EXPORT").update(is_default=True)


def test_a_contract_stays_in_the_currency_of_its_prices(world: World) -> None:
    with world.desk(SALES) as sales:
        offered = contracts.offer(
            actor=sales, seller=world.chain.seller, buyer=buyer(world), code="C1", name="Mugs",
            prices=[pricing.NewPrice(world.chain.skus["M1"], 900)], valid_from=day_of(world.at),
            valid_to=day_of(world.at), at=world.at,
        )  # fmt: skip
    with world.desk(OWNER) as owner:
        contracts.refuse(offered.pk, actor=owner, at=world.at)
    abroad(world)
    with world.worker():
        assert Contract.objects.get(pk=offered.pk).currency == "CNY"


@pytest.mark.parametrize(("was", "then"), [("CNY", "USD"), ("USD", "CNY")])
def test_an_order_that_is_overtaken_by_another_currency_is_refused_in_words(
    world: World, monkeypatch: pytest.MonkeyPatch, was: str, then: str
) -> None:
    abroad(world, price=200)
    with world.desk(SALES) as sales:
        currencies.set_currency(buyer(world), was, actor=sales, at=world.at)

    def quicker(*asked: object) -> object:
        """The seller sets another currency while the order is being decided."""
        set_beside(world, then)
        return decide(*asked)

    decide = place_order.decide
    monkeypatch.setattr(place_order, "decide", quicker)
    with pytest.raises(Refused) as caught:
        order(world)
    assert caught.value.code == "currency-set"


def set_beside(world: World, currency: str) -> None:
    """The seller sets another currency, over a connection of its own."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(host=str(CLUSTER), user="heliu", dbname=name) as beside:
        beside.execute(
            "update parties_tradingrelationship set currency = %s where buyer = %s",
            [currency, buyer(world)],
        )


@pytest.mark.parametrize("who", [OWNER, SALES])
def test_a_quote_that_is_overtaken_by_another_currency_is_refused_in_words(
    world: World, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    abroad(world)
    (mugs,) = world.lines(M1=10)

    def quicker(*looked: Any) -> None:
        """The seller sets another currency while the goods of the quote are looked at."""
        set_beside(world, "CNY")
        refuse_goods(*looked)

    def say(actor: Actor) -> object:
        if who == OWNER:
            seller, lines = world.chain.seller, [Asked(*mugs)]
            return quoting.ask(actor=actor, seller=seller, lines=lines, at=world.at)
        return quoting.begin(
            actor=actor, buyer=buyer(world), lines=[Asked(*mugs, 180)],
            valid_until=day_of(world.at), at=world.at,
        )  # fmt: skip

    refuse_goods = quoting._refuse_goods
    monkeypatch.setattr(quoting, "_refuse_goods", quicker)
    with world.desk(who) as actor, pytest.raises(Refused) as caught:
        say(actor)
    assert caught.value.code == "currency-set"
    with world.worker():
        assert not Quote.objects.filter(buyer=buyer(world)).exists()


def test_a_quote_is_in_it_and_holds_it(world: World) -> None:
    abroad(world)
    (mugs,) = world.lines(M1=10)
    with world.desk(OWNER) as owner:
        quote = quoting.ask(
            actor=owner, seller=world.chain.seller, lines=[Asked(*mugs, 150)], at=world.at
        )
    assert quote.currency == "USD"
    with world.desk(SALES) as sales, pytest.raises(Refused) as caught:
        currencies.set_currency(buyer(world), "CNY", actor=sales, at=world.at)
    assert "quote" in caught.value.text()
    with world.desk(SALES) as sales:
        approvals.set_levels(
            conceding.OFFER, from_amount=20_00, levels=[Level("concede")], actor=sales, at=world.at
        )
        with pytest.raises(Refused) as caught:  # a quarter below what it pays anyway
            quoting.answer(
                quote.number, actor=sales, answers=[Answer(1, 150)],
                valid_until=day_of(world.at), at=world.at,
            )  # fmt: skip
        assert caught.value.code == "currency-ours-alone"
        quoting.answer(
            quote.number, actor=sales, answers=[Answer(1, 180)], valid_until=day_of(world.at),
            at=world.at,
        )  # fmt: skip
    with world.worker():
        told = Notice.objects.get(kind="quote-offered").params["amount"]
        assert told["currency"] == "USD"
        assert QuoteLine.objects.get(version__of=quote, by_seller=True).usual == 200
        with pytest.raises(IntegrityError), transaction.atomic():
            Quote.objects.filter(pk=quote.pk).update(currency="CNY")
    with world.desk(OWNER) as owner:
        for way in ("TERMS", "FINANCE"):
            with pytest.raises(Refused) as caught:
                quoting.accept(quote.number, actor=owner, pay_by=way, at=world.at)
            assert caught.value.code == "currency-by-transfer"
        placed = quoting.accept(quote.number, actor=owner, pay_by="TRANSFER", at=world.at).order
    assert (placed.currency, placed.total) == ("USD", 1800)
    hold(world)


def test_what_a_seller_offers_of_its_own_is_in_it(world: World) -> None:
    abroad(world)
    (mugs,) = world.lines(M1=10)
    with world.desk(SALES) as sales:
        quote = quoting.begin(
            actor=sales, buyer=buyer(world), lines=[Asked(*mugs, 180)],
            valid_until=day_of(world.at), at=world.at,
        )  # fmt: skip
    assert isinstance(quote, Quote)
    assert (quote.currency, quote.status) == ("USD", "OFFERED")
    with world.desk(OWNER) as owner:
        placed = quoting.accept(quote.number, actor=owner, pay_by="TRANSFER", at=world.at).order
    assert (placed.currency, placed.total) == ("USD", 1800)


@pytest.mark.parametrize(("most", "status"), [(None, "OFFERED"), (10**9, "ASKED")])
def test_a_rule_that_names_an_amount_answers_no_quote_in_it(
    world: World, most: int | None, status: str
) -> None:
    abroad(world)
    with world.desk(SALES) as sales:
        quotes.set_auto_answer(
            actor=sales, min_quantity=1, percent=Decimal(10), days=7, most=most, at=world.at
        )
    with world.desk(OWNER) as owner:
        quote = quoting.ask(
            actor=owner, seller=world.chain.seller, lines=[Asked(*world.lines(M1=10)[0])],
            at=world.at,
        )  # fmt: skip
        quote.refresh_from_db()
    assert quote.status == status


def test_what_has_no_rule_in_it_is_refused(world: World) -> None:
    made = abroad(world)
    with world.desk(SALES) as sales:
        with pytest.raises(Refused) as caught:
            receivables.set_terms(buyer(world), Wanted(ceiling=5), actor=sales, at=world.at)
        assert caught.value.code == "currency-ours-alone"
        with pytest.raises(Refused) as caught:
            pricing.assign(
                made, actor=sales, buyer=world.chain.dealers["D002"], at=world.at,
                valid_from=day_of(world.at),
            )  # fmt: skip
        assert caught.value.code == "currency-not-theirs"
    placed = order(world)
    with world.desk(OWNER) as owner, pytest.raises(Refused) as caught:
        returns.ask(
            placed.pk, actor=owner, remedy="MONEY", quantities={1: 1}, reason="r", at=world.at
        )
    assert caught.value.code == "currency-ours-alone"
    with world.desk(SALES) as sales:
        approvals.set_levels(
            confirming.CONFIRM, from_amount=300_00, levels=[Level("sell")], actor=sales, at=world.at
        )
        with pytest.raises(Refused) as caught:
            confirming.confirm(placed.pk, actor=sales, at=world.at)
    assert caught.value.code == "currency-ours-alone"  # not of less than CNY 300
    with world.desk(OWNER) as owner:
        spending.set_budget(period="YEAR", amount=10**9, actor=owner, at=world.at)
    with pytest.raises(Refused) as caught:
        order(world)
    assert caught.value.code == "currency-rules"


@given(
    theirs=st.sampled_from(list(TRADED)),
    lists=st.lists(st.tuples(st.sampled_from(OTHERS), st.integers(1, 10**6)), max_size=4),
)
@settings(
    max_examples=examples(15), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_a_list_in_another_currency_never_answers(
    world: World, theirs: str, lists: list[tuple[str, int]]
) -> None:
    sku = world.chain.skus["M1"]
    with world.worker() as system:
        point = transaction.savepoint_create()
        TradingRelationship.objects.filter(buyer=buyer(world)).update(currency=theirs)
        for n, (currency, amount) in enumerate(lists):
            made = PriceList.objects.create(
                seller=world.chain.seller, code=f"L{n}", currency=currency, priority=n + 1
            )
            day = day_of(world.at)
            pricing.set_prices(
                made, actor=system, prices=[pricing.NewPrice(sku, amount)], valid_from=day,
                at=world.at,
            )  # fmt: skip
            made.buyers.create(seller=made.seller, buyer=buyer(world), valid_from=day)
        found = prices.resolve(
            buyer=buyer(world), seller=world.chain.seller, wanted=[(sku, 1)], at=world.at
        )[sku]
        asked = [amount for currency, amount in lists if currency == theirs]
        expected = 1000 if theirs == "CNY" else asked[0] if asked else None
        assert (found and found.unit_price) == expected
        assert found is None or found.currency == theirs
        transaction.savepoint_rollback(point)


def test_money_of_a_currency_without_decimals_is_whole(world: World) -> None:
    abroad(world, "JPY", 350)
    placed = order(world)
    assert (placed.currency, placed.total) == ("JPY", 3500)
    with world.worker():
        assert OrderLine.objects.get(order=placed.pk).unit_price == 350
