"""The days that are compared with the bank, and those that are compared again."""

from __future__ import annotations

from django.db.models import F
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.bank.queries import differences, statements
from heliu.capital.bank.sandbox.models import Entry
from heliu.kernel.access.actor import Actor
from heliu.trade.reconcile_days import reconcile_days


def verdicts(world: World) -> list[str]:
    with world.worker():
        return [line.verdict for line in differences(Actor.system())]


def untied(world: World) -> int:
    with world.worker():
        return sum(not one.is_tied for one in statements(Actor.system()))


def close(world: World) -> int:
    with world.worker():
        return reconcile_days(at=world.at)


def test_a_day_that_differed_is_compared_again_until_it_agrees(world: World) -> None:
    life.to_pledge(world)
    world.later(days=1)
    with world.worker():
        entry = Entry.objects.order_by("pk").first()
        assert entry is not None
        Entry.objects.filter(pk=entry.pk).update(amount=F("amount") + 1)
    assert close(world)
    assert verdicts(world) == ["AMOUNT_DIFF"]
    world.later(days=1)
    assert close(world)
    assert verdicts(world) == ["AMOUNT_DIFF"]
    assert untied(world)
    with world.worker():
        Entry.objects.filter(pk=entry.pk).update(amount=entry.amount)
    assert close(world)
    assert (verdicts(world), untied(world)) == ([], 0)
    assert not close(world)
