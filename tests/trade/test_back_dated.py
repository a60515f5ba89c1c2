"""Whole deals whose payments are known late, corrected or taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.conftest import be
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank.models import PaymentInstruction
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.lending.models import Repayment, Replay
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden
from heliu.kernel.events.models import Notice
from heliu.trade import close_of_day as closing
from heliu.trade import corrections
from heliu.trade.models import Deal, DealStep, Step
from heliu.trade.paperwork import loan_of
from heliu.trade.placed import Placed

RISK = "credit@bank.demo"


def turn_days(world: World, days: int) -> None:
    """Day after day ends, and the bank's news come in."""
    for _ in range(days):
        world.later(days=1)
        be("heliu_worker")
        closing.close_of_day(at=world.at)


def step(world: World, deal: object) -> DealStep:
    with world.worker():
        return DealStep.objects.filter(deal=deal, step=Step.RECKONED_ANEW).order_by("-id")[0]


def late(world: World, days: int) -> Placed:
    """A deal with two repayments, of which the bank tells the first `days` later than booked."""
    placed = life.to_pledge(world)
    with world.worker():
        sandbox.script(
            fault="delay",
            purpose="REPAYMENT",
            deal=placed.deal.id,
            delay=timedelta(days=days),
        )
    life.repay(world, placed.deal.id, 30, key="late")
    world.bank()
    life.repay(world, placed.deal.id, 30, key="soon")
    world.bank()
    return placed


def test_a_payment_of_which_the_bank_tells_days_later_counts_from_its_day(world: World) -> None:
    placed = late(world, days=13)
    booked_on = day_of(world.at) - timedelta(days=10)
    turn_days(world, 4)
    with world.worker():
        loan = loan_of(Deal.objects.get(pk=placed.deal.id))
        told = Replay.objects.get(loan=loan)
        assert (told.cause, told.counts_from, told.value_day) == ("LATE", booked_on, booked_on)
        days = list(Repayment.objects.filter(loan=loan).order_by("effective"))
        assert [row.effective for row in days] == [booked_on, booked_on + timedelta(days=10)]
        # The later one was reckoned as if nothing had come before: less interest, more principal.
        was = days[1].before.get()
        assert was.interest > days[1].interest
        assert days[1].principal - was.principal == was.interest - days[1].interest
    assert step(world, placed.deal.id).data["stands"] == []
    laws.hold(world)


def test_a_payment_taken_back_goes_home_and_goods_that_left_stay_out(world: World) -> None:
    placed = life.to_pledge(world)
    life.repay(world, placed.deal.id, 40)
    world.bank()
    life.pick_up(world)
    turn_days(world, 1)
    with world.worker():
        paid = Repayment.objects.get(loan=placed.loan)
    said = {"key": paid.key, "reason": "Meant for another loan.", "at": world.later(hours=1)}
    with world.desk(world.dealer) as dealer, pytest.raises(Forbidden, match="not-permitted"):
        corrections.take_back(placed.deal.id, actor=dealer, **said)
    for _ in range(2):  # said again, nothing changes
        with world.desk(RISK) as officer:
            loan = corrections.take_back(placed.deal.id, actor=officer, **said)
            assert (loan.principal_repaid, loan.unapplied) == (0, paid.amount)
    assert step(world, placed.deal.id).data["stands"] == ["released"]
    with world.desk(RISK):
        assert Notice.objects.filter(kind="reckoned-anew").count() == 1
    with world.desk(world.dealer):
        assert Notice.objects.filter(kind="payment-taken-back").count() == 1
    world.bank()
    with world.worker():
        back = PaymentInstruction.objects.get(purpose="UNAPPLIED_BACK")
        assert (back.amount, back.payee, back.status) == (paid.amount, paid.borrower, "BOOKED")
        assert loan_of(Deal.objects.get(pk=placed.deal.id)).unapplied == 0
    laws.hold(world)
    life.repay(world, placed.deal.id, 100, key="at last")
    world.bank()
    life.pick_up(world)
    with world.worker():
        assert Deal.objects.get(pk=placed.deal.id).outcome == "CLOSED"
    laws.hold(world)


def test_a_corrected_value_day_moves_interest_only(world: World) -> None:
    placed = life.to_pledge(world)
    life.repay(world, placed.deal.id, 40)
    world.bank()
    turn_days(world, 2)
    with world.worker():
        paid = Repayment.objects.get(loan=placed.loan)
    with world.desk(RISK) as officer:
        corrections.correct_value_day(
            placed.deal.id, key=paid.key, value_day=paid.effective - timedelta(days=5),
            reason="The bank's advice says so.", actor=officer, at=world.at,
        )  # fmt: skip
    with world.worker():
        now = Repayment.objects.get(loan=placed.loan)
        assert now.effective == paid.effective - timedelta(days=5)
        assert now.interest < paid.interest
    assert step(world, placed.deal.id).data["cause"] == "CORRECTED"
    laws.hold(world)
