"""A loan against stock from the question to the close, and where it leaves its straight path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.trade import laws, life, stock
from tests.trade import test_enforcement as default
from tests.trade.conftest import World

from heliu.capital.valuation.port import Asked, FeedSilent, Told
from heliu.capital.valuation.sandbox import operations as index
from heliu.kernel.errors import Refused
from heliu.trade import lodging, pool_marks, pool_prices, pool_rounds, stock_loan
from heliu.trade.models import Deal, MarginCall, MarkCause, Outcome, PoolLevel
from heliu.trade.paperwork import loan_of, pledge_of


def stands(world: World, deal: Deal) -> tuple[str, str, str]:
    """Loan, pledge and deal as they are now."""
    with world.worker():
        deal = Deal.objects.get(pk=deal.pk)
        pledge = pledge_of(deal)
        return loan_of(deal).status, pledge.status if pledge else "-", deal.outcome


def test_asked_counted_paid_out_repaid_freed_and_closed(world: World) -> None:
    programme = stock.lay(world)
    deal = stock.ask(world, programme, 5_000_00)
    assert stands(world, deal) == ("QUOTED", "-", "OPEN")
    stock.sign(world, deal)
    assert stands(world, deal) == ("AWAIT_GOODS", "PROPOSED", "OPEN")
    world.bank()
    shipment = stock.send(world, deal)
    stock.count(world, shipment)
    assert stands(world, deal) == ("AWAIT_GOODS", "ACTIVE", "OPEN"), "not registered yet"
    world.bank()
    assert stands(world, deal) == ("SELLER_PAID", "ACTIVE", "OPEN")
    pool = stock.pool_of(world, deal)
    # 500 x 9.00 + 500 x 20.00 = 14,500.00; less 10 %: 13,050.00. Floor: 5,000.00 / 60 %.
    assert (pool.worth, pool.value, pool.exposure) == (14_500_00, 13_050_00, 5_000_00)
    assert (pool.floor, pool.free) == (8_333_34, 4_716_66)
    assert pool.percent == Decimal("38.3")
    laws.hold(world)

    life.repay(world, deal.pk, 100)
    world.bank()
    assert stands(world, deal) == ("REPAID", "RELEASED", "OPEN")
    assert life.pick_up(world).go
    assert stands(world, deal) == ("CLOSED", "CLOSED", "CLOSED")
    assert stock.pool_of(world, deal).value == 0
    world.bank()
    laws.hold(world)


def test_more_than_the_goods_carry_is_refused(world: World) -> None:
    programme = stock.lay(world)
    with pytest.raises(Refused) as refused:
        stock.ask(world, programme, 7_830_01)
    assert refused.value.code == "above-lendable"
    stock.ask(world, programme, 7_830_00)  # 13,050.00 x 60 %


def test_goods_above_the_floor_leave_and_no_more(world: World) -> None:
    deal = stock.running(world)
    with pytest.raises(Refused) as refused:
        stock.take_out(world, deal, B1=263)  # 263 x 20.00 x 90 % = 4,734.00
    assert refused.value.code == "below-floor"
    freed = stock.take_out(world, deal, B1=262)
    assert freed.quantity == 262
    assert life.pick_up(world).go
    assert stands(world, deal) == ("SELLER_PAID", "PARTLY_RELEASED", "OPEN")
    life.repay(world, deal.pk, 50)
    world.bank()
    with pytest.raises(Refused):  # nobody has quoted a price for ten days: nothing counts
        stock.take_out(world, deal, key="again", B1=100)
    stock.tick(world, **stock.PRICES)
    stock.take_out(world, deal, key="again", B1=100)
    laws.hold(world)


def test_pools_are_valued_in_a_fixed_number_of_statements(world: World) -> None:
    first = stock.running(world)
    counts = []
    for more in (False, True):
        if more:
            stock.buy(world, M1=300, B1=300)
            stock.tick(world, **stock.PRICES)
            with world.worker():
                programme = loan_of(Deal.objects.get(pk=first.pk)).programme_id
            for n in (100, 150):
                deal = stock.ask(world, programme, 500_00, M1=n, B1=n)
                stock.sign(world, deal)
                world.bank()
                stock.count(world, stock.send(world, deal))
                world.bank()
        with world.worker():
            deals = list(Deal.objects.filter(is_stock=True, outcome="OPEN"))
            world.later(days=1)
            with CaptureQueriesContext(connection) as seen:
                pool_marks.mark(deals, MarkCause.PRICED, at=world.at)
        counts.append((len(deals), len(seen)))
    assert [number for number, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_called_off_before_it_is_paid_out_the_goods_come_back(world: World) -> None:
    programme = stock.lay(world)
    deal = stock.ask(world, programme, 5_000_00)
    stock.sign(world, deal)
    shipment = stock.send(world, deal)
    with world.desk(world.dealer) as dealer, pytest.raises(Refused) as refused:
        stock_loan.call_off(deal.pk, actor=dealer, reason="no need", at=world.at)
    assert refused.value.code == "goods-on-the-way"
    stock.count(world, shipment)
    with world.desk(world.dealer) as dealer:
        stock_loan.call_off(deal.pk, actor=dealer, reason="no need", at=world.later(hours=1))
    assert stands(world, deal) == ("CANCELLED", "RELEASED", Outcome.CANCELLED)
    assert life.pick_up(world).go
    world.bank()
    laws.hold(world)


def test_a_silent_feed_warns_and_calls_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last price holds as long as it may, then the goods count nothing; that is no fall of
    prices. A feed that does not answer at all is asked the next time."""
    deal = stock.running(world)
    whole = stock.pool_of(world, deal).value
    with world.worker():
        index.fall_silent("B1")
    world.later(days=1)
    stock.tick(world)
    assert stock.pool_of(world, deal).value == whole

    world.later(days=30)
    stock.tick(world)
    pool = stock.pool_of(world, deal)
    assert 0 < pool.value < pool.floor
    assert pool.level == PoolLevel.WARNING

    monkeypatch.setattr(pool_rounds, "current_feed", Mute)
    world.later(days=30)
    stock.tick(world)
    pool = stock.pool_of(world, deal)
    assert (pool.value, pool.level) == (0, PoolLevel.WARNING)
    with world.worker():
        assert not MarginCall.objects.exists()


def test_prices_are_brought_again_before_the_worker_came(world: World) -> None:
    stock.lay(world)
    with world.desk("credit@bank.demo") as officer:
        for amount in (8_00, 7_00):
            lines = [pool_prices.Line("M1", amount)]
            assert pool_prices.bring(lines, actor=officer, at=world.later(minutes=1)) == 1


class Mute:
    """A feed that does not answer."""

    def prices(self, goods: Sequence[Asked], at: datetime) -> list[Told]:
        raise FeedSilent


def test_a_pool_takes_no_more_goods_once_its_lender_takes_hold(world: World) -> None:
    """What would be on the way then could arrive when all of them are sold."""
    deal = stock.running(world)
    stock.buy(world, M2=30)
    with world.desk(world.dealer) as dealer:
        lodging.announce(deal.pk, stock.goods(world, {"M2": 30}), actor=dealer, at=world.at)
    default.pass_days(world, 30 + 4)
    late: Any = SimpleNamespace(deal=deal)
    default.give_notice(world, late)
    default.pass_days(world, 4)
    default.say(world, default.ask(world, late))
    with world.worker():
        assert loan_of(deal).status == "ENFORCING"
        assert list(deal.lodgings.order_by("number").values_list("status", flat=True)) == [
            "COUNTED", "CALLED_OFF",
        ]  # fmt: skip
    with world.desk(world.dealer) as dealer, pytest.raises(Refused) as refused:
        lodging.announce(deal.pk, stock.goods(world, {"M2": 30}), actor=dealer, at=world.at)
    assert refused.value.code == "takes-no-goods"
    laws.hold(world)
