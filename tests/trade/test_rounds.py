"""What the worker does for newcomers, questions to trade, tiers and orders that pass by themselves
goes on for all others when it breaks for one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.newcomers import joined, known, newcomer, takes_newcomers, work
from tests.trade.test_asks import OPERATOR, admitted, ask, carried_out, welcomes
from tests.trade.test_confirming import run as confirm_all
from tests.trade.test_confirming import status, tiered
from tests.trade.test_tiers import has, offer, run

from heliu.kernel.jobs.models import Stuck
from heliu.kernel.joining.models import Application, TradeAsk
from heliu.kernel.joining.operations import verifying
from heliu.kernel.joining.port import current_register
from heliu.kernel.parties.models import TradingRelationship
from heliu.trade import asks, confirming, joining, tiers

__all__ = ["tiered"]


def broken(monkeypatch: pytest.MonkeyPatch, room: Any, name: str, *what: object) -> None:
    """A deed that breaks in the middle for one of those it is done for, given first."""
    sound = getattr(room, name)

    def deed(subject: object, *more: Any, **how: Any) -> Any:
        done = sound(subject, *more, **how)
        if subject in what:
            raise ValueError(subject)
        return done

    monkeypatch.setattr(room, name, deed)


def stuck(world: World) -> list[str]:
    with world.worker():
        return list(Stuck.objects.order_by("since", "round").values_list("round", flat=True))


def test_a_register_that_breaks_over_one_newcomer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = newcomer(world, 1), newcomer(world, 2)
    for one in (first, second):
        known(one)
        one.confirm()

    class Register:
        def look_up(self, number: str, *, country: str) -> Any:
            if number == first.wanted.number:
                raise ValueError(number)
            return current_register().look_up(number, country=country)

    with monkeypatch.context() as while_broken:
        while_broken.setattr(verifying, "current_register", Register)
        work(world)
    assert (first.application.status, second.application.status) == ("CHECKING", "APPROVED")
    assert stuck(world) == ["newcomer-verify"]
    world.later(seconds=5)
    work(world)
    assert first.application.status == "APPROVED"
    assert stuck(world) == []


def test_a_newcomer_that_cannot_be_welcomed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    takes_newcomers(world)
    first, second = newcomer(world, 1), newcomer(world, 2)
    for one in (first, second):
        known(one)
        one.confirm()
    with monkeypatch.context() as while_broken:
        broken(while_broken, joining, "begin", first.org)
        work(world)
    with world.worker():
        waiting = Application.objects.get(welcomed_at=None)
        assert waiting.org == first.org
        assert TradingRelationship.objects.filter(buyer=second.org).exists()
        assert not TradingRelationship.objects.filter(buyer=first.org).exists()
    assert stuck(world) == ["newcomer-welcome"]
    joined(world, 3)
    assert stuck(world) == ["newcomer-welcome"]
    world.later(seconds=5)
    work(world)
    with world.worker():
        assert TradingRelationship.objects.filter(buyer=first.org).exists()


@pytest.mark.parametrize(("deed", "name"), [("move", "ask-answer"), ("begin", "ask-relate")])
def test_a_question_to_trade_over_which_something_breaks(
    world: World, monkeypatch: pytest.MonkeyPatch, deed: str, name: str
) -> None:
    emails = [admitted(world), str(joined(world, 2).email)]
    welcomes(world, is_open=True, is_listed=True)
    first, second = (ask(world, email) for email in emails)
    with monkeypatch.context() as while_broken:
        if deed == "move":
            broken(while_broken, asks, "move", first)
        else:
            broken(while_broken, joining, "begin", first.buyer)
        carried_out(world)
    with world.worker():
        assert [one.pk for one in TradeAsk.objects.filter(related_at=None)] == [first.pk]
    assert stuck(world) == [name]
    world.later(seconds=5)
    carried_out(world)
    with world.worker():
        assert not TradeAsk.objects.filter(related_at=None).exists()
        assert TradingRelationship.objects.filter(buyer=second.buyer).exists()
    assert stuck(world) == []


def test_a_customer_to_whom_its_tier_cannot_be_given(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(world)
    with world.desk(OPERATOR) as operator:
        for buyer in world.chain.dealers.values():
            tiers.set_tier(buyer, "PUBLIC", actor=operator)
    with world.worker():
        link = TradingRelationship.objects.get(buyer=world.chain.dealers["D001"])
    with monkeypatch.context() as while_broken:
        broken(while_broken, tiers, "give", link.pk)
        run(world)
    assert (has(world, "D001"), has(world, "D002")) == ((1000, False), (700, True))
    assert stuck(world) == ["tier-give"]
    world.later(seconds=5)
    run(world)
    assert has(world, "D001") == (700, True)
    assert stuck(world) == []


def test_an_order_that_cannot_pass_by_itself(
    tiered: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = tiered
    first, second = (life.place(world, pay_by="TERMS", M1=pieces) for pieces in (10, 5))
    with monkeypatch.context() as while_broken:
        broken(while_broken, confirming, "overtaken", first.deal)
        assert confirm_all(world) == 1
    assert (status(world, first), status(world, second)) == ("PLACED", "CONFIRMED")
    assert stuck(world) == ["order-confirm"]
    world.later(seconds=5)
    assert confirm_all(world) == 1
    assert status(world, first) == "CONFIRMED"
    laws.hold(world)
