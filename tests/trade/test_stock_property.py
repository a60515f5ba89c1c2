"""Loans against stock under random prices, payments and goods, held against a plain reckoning."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import be, cloned
from tests.examples import examples
from tests.trade import laws, life, stock
from tests.trade.conftest import World

from heliu.capital.books.models import Account
from heliu.capital.lending import operations as lending
from heliu.capital.valuation.models import Price
from heliu.demo import chain as chains
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.posting import operations as posting
from heliu.logistics.pledges.models import PledgeLine
from heliu.trade import lodging, pool_rounds, taking_out
from heliu.trade.models import Deal, Pool, PoolMark
from heliu.trade.paperwork import loan_of

CODES = ("M1", "B1")
MAY_BE_REFUSED = (
    "below-floor", "stock-short", "not-so-much-bound", "pool-shut", "not-to-repay",
    "takes-no-goods",
)  # fmt: skip
code, pieces = st.sampled_from(CODES), st.integers(1, 200)
acts = st.one_of(
    # Within the tenth that needs no second source, so that every price counts at once.
    st.tuples(st.just("price"), code, st.integers(-9, 9)),
    st.tuples(st.just("repay"), st.integers(1, 40)),
    st.tuples(st.just("out"), code, pieces),
    st.tuples(st.just("bring"), code, pieces),
    st.tuples(st.just("swap"), code, pieces),
    st.tuples(st.just("days"), st.integers(1, 4)),
)


@pytest.fixture(scope="module")
def lent(laid: tuple[str, chains.Chain], django_db_blocker: Any) -> Iterator[tuple[str, Any, Any]]:
    """A loan that runs against 500 mugs and 500 bags, of which as many lie at home again."""
    base, chain = laid
    with django_db_blocker.unblock(), cloned(base) as name:
        world = World(chain)
        deal = stock.running(world, 6_000_00)
        stock.buy(world, M1=400, B1=400)
        stock.tick(world, **stock.PRICES)
        be("heliu_web", base)
        yield name, world, deal


@settings(
    max_examples=examples(3),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(story=st.lists(acts, min_size=4, max_size=9))
def test_nothing_leaves_below_the_floor(
    lent: tuple[str, World, Deal], django_db_blocker: Any, story: list[tuple[Any, ...]]
) -> None:
    base, before, deal = lent
    with django_db_blocker.unblock(), cloned(base):
        world = World(before.chain, before.at)
        for act in story:
            left_before = bound(world, deal)
            done = do(world, deal, act)
            stands(world, deal, is_lighter=done and act[0] == "out", left_before=left_before)
        laws.hold(world)


def do(world: World, deal: Deal, act: tuple[Any, ...]) -> bool:
    """Do it, or be refused for a reason that the rules give."""
    at = world.later(hours=2)
    try:
        match act:
            case ("price", str(kind), int(percent)):
                with world.worker():
                    newest = Price.objects.filter(sku=world.chain.skus[kind]).latest("quoted_at")
                stock.tick(world, **{kind: max(1, newest.amount * (100 + percent) // 100)})
            case ("repay", int(percent)):
                life.repay(world, deal.pk, percent, key=at.isoformat())
                world.bank()
            case ("out", str(kind), int(n)):
                stock.take_out(world, deal, key=at.isoformat(), **{kind: n})
            case ("bring", str(kind), int(n)):
                goods = stock.goods(world, {kind: n})
                with world.desk(world.dealer) as dealer:
                    made = lodging.announce(deal.pk, goods, actor=dealer, at=world.at)
                stock.count(world, stock.send(world, deal, made.number))
            case ("swap", str(kind), int(n)):
                goods = stock.goods(world, {kind: n})
                with world.desk(world.dealer) as dealer:
                    made = taking_out.ask_swap(deal.pk, goods, goods, actor=dealer, at=world.at)
                stock.count(world, stock.send(world, deal, made.number))
            case ("days", int(n)):
                world.later(days=n)
    except Refused as refusal:
        if refusal.code not in MAY_BE_REFUSED:
            raise
        return False
    return True


def stands(world: World, deal: Deal, *, is_lighter: bool, left_before: int) -> None:
    """The pool as the round values it is what anybody reckons; both books say one debt."""
    be("heliu_worker")
    pool_rounds.revalue_all(at=world.at)
    with world.worker():
        loan, pool = loan_of(Deal.objects.get(pk=deal.pk)), Pool.objects.get(deal=deal)
        owed = lending.owed(loan, day_of(world.at)).total
        if loan.status in ("SELLER_PAID", "OVERDUE"):
            value = reckoned(world, deal)
            assert (pool.value, pool.exposure) == (value, owed)
            assert pool.floor == -(-Fraction(owed) // Fraction(3, 5))
            if is_lighter:
                assert pieces_bound(deal) < left_before
                assert value >= pool.floor
        for mark in PoolMark.objects.filter(pool=pool, cause="TAKEN"):
            assert mark.value >= mark.floor
        accounts = {
            row.code: row.pk
            for row in Account.objects.filter(
                ref=str(deal.pk), code__in=["loan_principal", "loan_payable", "pool_value"]
            )
        }
        stood = posting.balances(accounts.values())
        books = {name: stood[pk].posted for name, pk in accounts.items()}
        assert books["loan_principal"] == -books["loan_payable"] == loan.principal_left
        assert books["pool_value"] == pool.value


def reckoned(world: World, deal: Deal) -> int:
    """Every piece at the lower of its cost and the newest price that is not older than a week, less
    a tenth; row by row rounded down."""
    newest: dict[Any, Price] = {}
    for price in Price.objects.order_by("quoted_at"):
        newest[price.sku_id] = price
    value = 0
    for line in PledgeLine.objects.filter(pledge__deal=deal.pk):
        price = newest[line.sku_id]
        if (day_of(world.at) - day_of(price.quoted_at)).days <= 7:
            worth = (line.quantity - line.released) * min(line.unit_value, price.amount)
            value += int(Decimal(worth) * 9 // 10)
    return value


def bound(world: World, deal: Deal) -> int:
    """Pieces that are bound."""
    with world.worker():
        return pieces_bound(deal)


def pieces_bound(deal: Deal) -> int:
    """The same for whoever acts as the worker already."""
    lines = PledgeLine.objects.filter(pledge__deal=deal.pk)
    return sum(line.quantity - line.released for line in lines)
