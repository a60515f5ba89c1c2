"""The seeded deals' steps lie as far apart as a bank takes to answer, so that spans can be told."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from tests.conftest import be
from tests.trade.conftest import World, laid, world

from heliu.demo.stage import Stage
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
