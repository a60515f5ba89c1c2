"""What whole orders earn by promotions, over an order's life: amounts off, goods for free, budgets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F, Sum
from hypothesis import given
from hypothesis import strategies as st
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.test_part_delivery import SALES
from tests.trade.test_vat import all_of, run, titled, write

from heliu.commerce.ordering.models import Order, OrderLine
from heliu.commerce.ordering.parts import Part
from heliu.commerce.pricing import operations, rewards
from heliu.commerce.pricing.models import Discount, Effect, Promotion
from heliu.commerce.pricing.operations import NewPromotion
from heliu.commerce.returns.policies import Judged
from heliu.kernel.access.door import acting_for
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.logistics.stock import queries as stock
from heliu.trade import (
    change_rewards,
    changing,
    deliveries,
    papers,
    place_order,
    returns,
    side_exits,
    striking,
)
from heliu.trade.again import order_again
from heliu.trade.change_terms import Wanted


def promote(world: World, effect: Effect, code: str = "P", **words: Any) -> None:
    with world.desk(SALES) as seller:
        operations.announce(
            NewPromotion(
                code, "Large order", effect, world.at, world.at + timedelta(days=90), **words
            ),
            actor=seller, seller=world.chain.seller, at=world.at,
        )  # fmt: skip


def lines_of(world: World, order: UUID) -> list[tuple[str, int, int]]:
    with world.worker():
        found = OrderLine.objects.filter(order=order).order_by("position")
        return list(found.values_list("sku__code", "quantity", "unit_price"))


def spent(world: World) -> int:
    """What is counted against the budget; it is what the orders have of it."""
    with world.worker():
        (one,) = Promotion.objects.exclude(budget=None)
        had = Discount.objects.filter(promotion=one).aggregate(
            sum=Sum(F("amount") - F("amount") * F("back") / F("quantity"))
        )["sum"]
        assert one.spent == (had or 0) <= (one.budget or 0)
        return one.spent


def free(world: World, code: str) -> int:
    sku, seller = world.chain.skus[code], world.chain.seller
    with world.worker():
        return stock.available([sku], owner=seller, warehouse=seller, at=world.at)[sku]


@given(
    lines=st.dictionaries(
        st.uuids(), st.tuples(st.integers(1, 10**4), st.integers(0, 10**5)), min_size=1, max_size=8
    ).filter(lambda lines: any(price for _, price in lines.values())),
    share=st.fractions(0, 1),
)
def test_an_amount_is_spread_to_the_fen(lines: dict[UUID, tuple[int, int]], share: Any) -> None:
    amounts = {sku: n * price for sku, (n, price) in lines.items()}
    quantities = {sku: n for sku, (n, _) in lines.items()}
    off = int(sum(amounts.values()) * share)
    shares = rewards.spread(off, amounts, quantities)
    assert sum(shares.values()) == off
    assert all(0 <= shares[sku] <= amount for sku, amount in amounts.items())
    assert sum(shares[sku] % n > 0 for sku, n in quantities.items()) <= 1  # of these two are made


@given(quantity=st.integers(1, 10**6), amount=st.integers(0, 10**12))
def test_a_line_is_pieces_of_whole_prices(quantity: int, amount: int) -> None:
    parts = rewards.parts(quantity, amount)
    assert sum(part.quantity for part in parts) == quantity
    assert sum(part.quantity * part.unit_price for part in parts) == amount
    assert len(parts) <= 2
    assert all(part.quantity > 0 for part in parts)


def test_an_order_earns_as_a_whole_and_is_right_to_the_end(world: World) -> None:
    titled(world)
    promote(world, Effect.ORDER, "OFF", amount=1_001, min_order=10_000, combinable=True)
    promote(
        world, Effect.GOODS, "GIFT", gift=world.chain.skus["B1"], gift_quantity=1, min_quantity=3,
        skus=[world.chain.skus["M1"]], combinable=True, priority=200,
    )  # fmt: skip
    before = free(world, "B1")
    placed = life.place(world, pay_by="TERMS", M1=7, M2=3)
    # 70.00 and 45.00 less 10.01: 6.09 and 3.92; 41.08 are two of 13.69 and one of 13.70.
    assert placed.order.total == 11_500 - 1_001
    assert lines_of(world, placed.order.id) == [
        ("M1", 7, 913), ("M2", 2, 1369), ("M2", 1, 1370), ("B1", 2, 0),
    ]  # fmt: skip
    assert before - free(world, "B1") == 2
    with world.desk(world.dealer) as dealer:
        was = [
            (one.before.sku.code, one.before.quantity)
            for one in order_again(dealer, placed.order, world.at)
        ]
        changing.change(
            placed.order.id, Wanted({}, wanted_on=day_of(world.at)), actor=dealer, at=world.at
        )
    assert was == [("M1", 7), ("M2", 3)]
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    shipment = life.ship(world, placed)
    assert write(world, shipment).gross == placed.order.total
    life.receive(world, shipment, who=world.dealer)
    run(world, minutes=1)
    (blue,) = all_of(world)
    assert (blue.status, blue.gross) == ("ISSUED", placed.order.total)
    for email in (world.dealer, SALES):  # its paper and the statement of account name promotions
        with world.desk(email) as reader:
            paper = papers.vat_invoice(reader, blue.pk)
            said = papers.account_statement(
                reader, world.chain.seller, world.chain.dealers["D001"], day_of(world.at)
            )
        for one in (paper.tables[1], said.tables[1]):
            assert [row[1:] for row in one.rows] == [
                ("Large order", "–", "10.01"), ("Large order", "2 pieces", "–"),
            ]  # fmt: skip
    with world.desk(world.dealer) as dealer:
        back = returns.ask(
            placed.order.number, actor=dealer, remedy="CREDIT", quantities={3: 1, 4: 1},
            reason="scratched", at=world.at,
        )  # fmt: skip
    assert back.amount == 1370  # as it was paid for; what came for free is worth nothing
    laws.hold(world)


def test_a_financed_order_with_goods_for_free_is_lent_and_pledged(world: World) -> None:
    promote(world, Effect.ORDER, percent=Decimal(3), combinable=True)
    promote(world, Effect.GOODS, "GIFT", gift_quantity=1, min_quantity=50, combinable=True)
    placed = life.place(world, M1=200, B1=100)
    assert placed.loan is not None
    assert placed.order.total == round((200 * 900 + 100 * 2000) * 0.97)
    assert lines_of(world, placed.order.id)[-2:] == [("M1", 4, 0), ("B1", 2, 0)]
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed))
    life.repay(world, placed.deal.id, 50)
    world.bank()
    laws.hold(world)


@pytest.mark.parametrize("wanted", [{"M1": 9}, {"M1": 2}, {"M2": 0}, {"B1": 3}, {"M1": 0, "B1": 1}])
def test_a_changed_order_earns_what_a_fresh_one_would(world: World, wanted: dict[str, int]) -> None:
    promote(world, Effect.ORDER, "OFF", amount=1_001, min_order=10_000, combinable=True)
    promote(
        world, Effect.GOODS, "GIFT", gift=world.chain.skus["B1"], gift_quantity=1, min_quantity=3,
        skus=[world.chain.skus["M1"]], combinable=True, priority=200,
    )  # fmt: skip
    there = free(world, "B1")
    placed = life.place(world, pay_by="TERMS", M1=7, M2=3)
    skus = {world.chain.skus[code]: n for code, n in wanted.items()}
    with world.desk(world.dealer) as dealer:
        changing.change(placed.order.id, Wanted(skus), actor=dealer, at=world.at)
    changed, held = lines_of(world, placed.order.id), there - free(world, "B1")
    laws.hold(world)
    fresh = life.place(world, pay_by="TERMS", **_left({"M1": 7, "M2": 3} | wanted))
    assert sorted(changed) == sorted(lines_of(world, fresh.order.id))
    assert there - free(world, "B1") == 2 * held
    with world.worker():
        assert Order.objects.get(pk=placed.order.id).total == fresh.order.total
    laws.hold(world)


def _left(wanted: dict[str, int]) -> dict[str, int]:
    return {code: n for code, n in wanted.items() if n}


def test_what_a_change_loses_is_said_before_and_its_budget_has_it_again(world: World) -> None:
    promote(world, Effect.ORDER, amount=100, min_order=5_000, budget=100)
    placed = life.place(world, pay_by="TERMS", M1=10)
    assert spent(world) == 100
    sku = world.chain.skus["M1"]
    with world.desk(world.dealer) as dealer:
        # Its own share of the budget is its own to earn again.
        changing.change(placed.order.id, Wanted({sku: 8}), actor=dealer, at=world.at)
    assert (lines_of(world, placed.order.id), spent(world)) == (
        [("M1", 4, 987), ("M1", 4, 988)],
        100,
    )
    with world.desk(world.dealer) as dealer:
        seen = changing.propose(placed.order.id, Wanted({sku: 4}), actor=dealer, at=world.at)
        assert [one.off for one in change_rewards.told(seen.before)] == [100]
        assert change_rewards.told(seen.after) == []
    assert spent(world) == 100  # looked at, nothing was done
    with world.desk(world.dealer) as dealer:
        changing.change(placed.order.id, Wanted({sku: 4}), actor=dealer, at=world.at)
    assert (lines_of(world, placed.order.id), spent(world)) == ([("M1", 4, 1000)], 0)
    with world.desk(world.dealer) as dealer:
        changing.change(placed.order.id, Wanted({sku: 10}), actor=dealer, at=world.at)
    assert spent(world) == 100
    laws.hold(world)


def test_a_change_that_waits_keeps_what_it_earns_and_ends_where_goods_leave(world: World) -> None:
    promote(world, Effect.ORDER, amount=100, min_order=5_000, combinable=True)
    placed = life.place(world, pay_by="TERMS", M1=10)
    sku = world.chain.skus["M1"]
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    with world.desk(world.dealer) as dealer:
        changing.change(placed.order.id, Wanted({sku: 20}), actor=dealer, at=world.at)
    with world.desk(SALES) as seller:
        changing.answer(placed.order.id, agrees=True, actor=seller, at=world.at)
    assert lines_of(world, placed.order.id) == [("M1", 20, 995)]
    with world.worker():
        (line,) = OrderLine.objects.filter(order=placed.order.id)
    with world.desk(SALES) as seller:
        deliveries.ship(
            placed.order.id, actor=seller, carrier="Shunda", lines={line.pk: 5}, at=world.at
        )
    with world.desk(world.dealer) as dealer, pytest.raises(Refused, match="as a whole"):
        changing.change(placed.order.id, Wanted({sku: 8}), actor=dealer, at=world.at)
    laws.hold(world)


def test_what_came_short_or_went_back_gives_back_to_the_budget(world: World) -> None:
    promote(world, Effect.ORDER, amount=100, min_order=1_000, budget=250)
    placed = life.place(world, pay_by="TERMS", M1=10)
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    life.receive(world, life.ship(world, placed), who=world.dealer, lost=2)
    assert spent(world) == 80
    with world.desk(world.dealer) as dealer:
        back = returns.ask(
            placed.order.number, actor=dealer, remedy="CREDIT", quantities={1: 3}, reason="much",
            at=world.at,
        )  # fmt: skip
    for email, deed in ((SALES, returns.agree), (world.dealer, returns.send)):
        with world.desk(email) as actor:
            deed(back.number, actor=actor, at=world.at)
    with world.desk(SALES) as seller:
        returns.receive(back.number, [Judged(1, 3, 0, 3)], actor=seller, at=world.at)
    assert spent(world) == 50
    laws.hold(world)


def test_called_off_all_that_was_promised_is_free_again(world: World) -> None:
    promote(world, Effect.ORDER, amount=1, min_order=1, combinable=True)
    promote(world, Effect.GOODS, "GIFT", gift_quantity=1, min_quantity=2, combinable=True)
    there = free(world, "M1")
    placed = life.place(world, pay_by="TERMS", M1=5)
    assert len(lines_of(world, placed.order.id)) == 3
    assert free(world, "M1") == there - 7
    with world.desk(world.dealer) as dealer:
        side_exits.cancel(placed.order.id, actor=dealer, reason="too much", at=world.at)
    assert free(world, "M1") == there
    laws.hold(world)


def test_what_is_not_there_is_not_given(world: World) -> None:
    promote(world, Effect.GOODS, gift_quantity=1, min_quantity=1, skus=[world.chain.skus["B1"]])
    there = free(world, "B1")
    placed = life.place(world, pay_by="TRANSFER", B1=there - 2)
    assert lines_of(world, placed.order.id) == [("B1", there - 2, 2000), ("B1", 2, 0)]
    assert free(world, "B1") == 0


def test_a_budget_comes_back_with_the_order(world: World) -> None:
    promote(world, Effect.ORDER, amount=100, min_order=1_000, budget=250)
    first = life.place(world, pay_by="TRANSFER", M1=10)
    second = life.place(world, pay_by="TRANSFER", M1=10)
    assert (first.order.total, second.order.total) == (9_900, 9_900)
    assert life.place(world, pay_by="TRANSFER", M1=10).order.total == 10_000
    assert spent(world) == 200
    with world.desk(world.dealer) as dealer:
        side_exits.cancel(first.order.id, actor=dealer, reason="too much", at=world.at)
    assert spent(world) == 100
    with world.worker():
        (line,) = OrderLine.objects.filter(order=second.order.id)
    with world.desk(SALES) as seller:
        striking.strike(
            second.order.id, lines={line.pk: 3}, reason="broken", actor=seller, at=world.at
        )
    assert spent(world) == 70
    assert life.place(world, pay_by="TRANSFER", M1=10).order.total == 9_900
    laws.hold(world)


@pytest.mark.parametrize(
    "words",
    [
        {"effect": Effect.PERCENT, "percent": Decimal(10)},
        {"effect": Effect.ORDER, "amount": 1_000},
        {"effect": Effect.GOODS, "gift_quantity": 1, "min_quantity": 10},
    ],
    ids=["piece", "order", "goods"],
)
def test_a_budget_is_never_passed_by_orders_at_once(world: World, words: dict[str, Any]) -> None:
    """Each order takes 1,000 of a budget of 2,500."""
    promote(world, budget=2_500, **words)
    gate = Barrier(6, timeout=60)
    with world.desk(world.dealer) as owner:
        pass  # who connects as whom is one for all threads

    def one(_: int) -> str:
        try:
            with acting_for(owner.orgs):
                gate.wait()
                placed = place_order.place(
                    actor=owner, seller=world.chain.seller, lines=world.lines(M1=10),
                    pay_by="TRANSFER", at=world.at,
                )  # fmt: skip
            return str(placed.order.total)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(one, range(6)))
    assert set(said) <= {"9000", "10000", "promotion-used-up"}
    assert spent(world) == 2_000
    with world.worker():
        assert Discount.objects.count() == 2
    laws.hold(world)


def test_parts_by_day_go_with_the_pieces_of_a_line_that_became_two(world: World) -> None:
    promote(world, Effect.ORDER, amount=1, min_order=1)
    late = day_of(world.at) + timedelta(days=9)
    sku = world.chain.skus["M1"]
    with world.desk(world.dealer) as dealer:
        placed = place_order.place(
            actor=dealer, seller=world.chain.seller, lines=world.lines(M1=5), pay_by="TRANSFER",
            line_parts={sku: [Part(None, 2), Part(late, 3)]}, at=world.at,
        )  # fmt: skip
    with world.worker():
        lines = OrderLine.objects.filter(order=placed.order.id).order_by("position")
        said = [(one.quantity, one.unit_price, one.wanted_on, one.parts) for one in lines]
    # 49.99 is one piece of 9.99 and four of 10.00: what is wished first stands in the first.
    assert said == [
        (1, 999, None, None),
        (4, 1000, None, [{"on": None, "quantity": 1}, {"on": late.isoformat(), "quantity": 3}]),
    ]
