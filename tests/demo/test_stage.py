"""The seeded deals' steps lie as far apart as a bank takes to answer, so that spans can be told."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

from django.db import transaction
from tests.conftest import be
from tests.trade.conftest import World, laid, world

from heliu.capital.credit.models import Instrument, Programme
from heliu.capital.credit.policies import Modes
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.demo.stage import Stage, live
from heliu.demo.states import BY_BILL
from heliu.trade.models import DealStep, Step

__all__ = ["laid", "world"]


def test_between_the_steps_of_a_deal_the_bank_takes_its_time(world: World) -> None:
    stage = Stage(world.chain, world.at)
    be("heliu_worker")
    with transaction.atomic():
        placed = stage.order("D001", 200, world.at)
        stage.sign("D001", placed, world.at + timedelta(minutes=3))
    at = dict(DealStep.objects.filter(deal=placed.deal).values_list("step", "at"))
    way = [
        at[step] for step in (Step.SIGNED, Step.DEPOSIT_BOOKED, Step.DISBURSED, Step.SELLER_PAID)
    ]
    assert way == sorted(set(way))
    assert way[-1] - way[0] < timedelta(minutes=1)


def test_a_bank_finances_in_another_way_for_a_morning(world: World) -> None:
    stage = Stage(world.chain, world.at)
    be("heliu_worker")
    before = Programme.objects.get()
    live([stage.order_in_mode("D001", 200, 3, BY_BILL, days=30)], until=world.at)
    loan = Loan.objects.get()
    assert (loan.status, loan.instrument) == (LoanStatus.SELLER_PAID, Instrument.ACCEPTANCE_BILL)
    after = Programme.objects.get()
    assert [getattr(after, one.name) for one in fields(Modes)] == [
        getattr(before, one.name) for one in fields(Modes)
    ]
