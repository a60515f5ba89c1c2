"""Goods and answers that come when nobody thought of them any more."""

from __future__ import annotations

from datetime import timedelta

from tests.conftest import be
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank.sandbox import operations as sandbox
from heliu.commerce.ordering.models import OrderLine
from heliu.kernel.clock import day_of
from heliu.trade import deliveries, sweeper
from heliu.trade.models import Deal, Outcome
from heliu.trade.paperwork import loan_of, order_of, pledge_of
from heliu.trade.placed import Placed


def stands(world: World, placed: Placed) -> tuple[str, str, str, str]:
    """Deal, order, loan and pledge as they are now."""
    with world.worker():
        deal = Deal.objects.get(pk=placed.deal.id)
        pledge = pledge_of(deal)
        assert pledge is not None
        return deal.outcome, order_of(deal).status, loan_of(deal).status, pledge.status


def test_goods_that_come_after_the_loan_was_repaid_can_be_fetched_too(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    with world.worker():
        first = OrderLine.objects.filter(order=placed.order.id).order_by("position")[0]
    with world.desk("sales@seller.demo") as seller:
        half = deliveries.ship(
            placed.order.id, actor=seller, carrier="", at=world.later(hours=2),
            lines={first.pk: first.quantity},
        )  # fmt: skip
    life.receive(world, half)
    life.repay(world, placed.deal.id, 100)
    world.bank()
    assert life.pick_up(world).go
    assert stands(world, placed) == ("OPEN", "PART_SHIPPED", "REPAID", "PARTLY_RELEASED")
    life.receive(world, life.ship(world, placed))
    assert stands(world, placed) == ("OPEN", "RECEIVED", "REPAID", "RELEASED")
    assert life.pick_up(world).go
    assert stands(world, placed) == (Outcome.CLOSED, "COMPLETED", "CLOSED", "CLOSED")
    laws.hold(world)


def test_a_deal_of_which_nothing_arrived_ends_with_the_refund(world: World) -> None:
    placed = life.place(world, M1=100)
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed), lost=100)
    life.settle(world)
    assert stands(world, placed) == (Outcome.CLOSED, "COMPLETED", "CLOSED", "CANCELLED")
    laws.hold(world)


def test_a_repayment_counts_from_the_day_the_bank_booked_it(world: World) -> None:
    placed = life.to_pledge(world)
    with world.worker():
        sandbox.script(
            fault="delay", purpose="REPAYMENT", deal=placed.deal.id, delay=timedelta(days=4)
        )
    life.repay(world, placed.deal.id, 100)
    world.bank()
    booked_on = day_of(world.at)
    world.later(days=4)
    be("heliu_worker")
    sweeper.sweep(at=world.at)
    with world.worker():
        loan = loan_of(Deal.objects.get(pk=placed.deal.id))
        assert loan.status == "REPAID"
        assert [paid.effective for paid in loan.repayments.all()] == [booked_on]
    laws.hold(world)
