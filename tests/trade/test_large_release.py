"""Above a programme's cap a release of goods waits for the lender's people; below, for nobody."""

from __future__ import annotations

import pytest
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.credit import operations as credit
from heliu.capital.credit.models import Programme
from heliu.kernel.approvals.models import Approval
from heliu.kernel.errors import Forbidden, Refused
from heliu.kernel.events.models import Notice
from heliu.logistics.pledges.models import Pledge, ReleaseOrder
from heliu.trade import approvals, releasing
from heliu.trade.models import Deal
from heliu.trade.placed import Placed

OFFICER, RISK = "review@bank.demo", "credit@bank.demo"


def capped(world: World, cap: int | None) -> None:
    with world.desk(RISK) as risk:
        credit.cap_releases(Programme.objects.get().pk, cap, actor=risk, at=world.at)


def released(world: World, placed: Placed) -> int:
    with world.worker():
        return Pledge.objects.get(deal=placed.deal.id).released_value


def asked(world: World, status: str = "WAITING") -> list[Approval]:
    with world.worker():
        return list(Approval.objects.filter(act="release", status=status))


def vote(world: World, who: str, *, agrees: bool) -> None:
    [one] = asked(world)
    with world.desk(who) as officer:
        approvals.vote(one.pk, agrees=agrees, reason="not yet", actor=officer, at=world.at)


def test_below_the_cap_goods_leave_by_themselves_and_above_it_when_one_agreed(
    world: World,
) -> None:
    placed = life.to_pledge(world)
    total = placed.order.total
    capped(world, total // 4)
    life.repay(world, placed.deal.id, 20)
    world.bank()
    first = released(world, placed)
    assert first
    assert not asked(world)
    life.repay(world, placed.deal.id, 60)
    world.bank()
    assert released(world, placed) == first
    [one] = asked(world)
    assert (one.asked_by_name, one.org) == ("Heliu", world.chain.bank)
    with world.desk(world.dealer) as dealer:
        assert Notice.objects.filter(kind="release-waits").exists()
        with pytest.raises(Forbidden):
            releasing.ask(placed.deal.id, actor=dealer, reason="mine", at=world.at)
    vote(world, OFFICER, agrees=True)
    assert released(world, placed) == first + one.amount
    with world.worker():
        assert ReleaseOrder.objects.filter(deal=placed.deal.id, key=str(one.pk)).exists()
    laws.hold(world)


def test_what_is_earned_meanwhile_is_asked_about_together_and_closes_the_deal(
    world: World,
) -> None:
    placed = life.to_pledge(world)
    capped(world, 0)
    life.repay(world, placed.deal.id, 30)
    world.bank()
    [before] = asked(world)
    life.repay(world, placed.deal.id, 100, key="rest")
    world.bank()
    [after] = asked(world)
    assert before.amount < after.amount == placed.order.total
    assert [one.pk for one in asked(world, "EXPIRED")] == [before.pk]
    vote(world, RISK, agrees=True)
    life.pick_up(world)
    with world.worker():
        assert Deal.objects.get(pk=placed.deal.id).outcome == "CLOSED"
    laws.hold(world)


def test_a_no_keeps_the_goods_until_it_is_asked_anew_by_one_and_agreed_to_by_another(
    world: World,
) -> None:
    placed = life.to_pledge(world)
    capped(world, 1_00)
    life.repay(world, placed.deal.id, 30)
    world.bank()
    vote(world, RISK, agrees=False)
    assert not released(world, placed)
    with world.desk(OFFICER) as officer:
        again = releasing.ask(placed.deal.id, actor=officer, reason="checked", at=world.at)
    with world.desk(OFFICER) as officer, pytest.raises(Forbidden):
        approvals.vote(again.pk, agrees=True, actor=officer, at=world.at)
    vote(world, RISK, agrees=True)
    assert released(world, placed) == again.amount
    with world.desk(OFFICER) as officer, pytest.raises(Refused):
        releasing.ask(placed.deal.id, actor=officer, reason="more", at=world.at)
    laws.hold(world)


def test_only_who_may_overrule_the_rules_sets_the_cap(world: World) -> None:
    with world.worker():
        programme = Programme.objects.get().pk
    for who in (OFFICER, world.dealer):
        with world.desk(who) as other, pytest.raises(Forbidden):
            credit.cap_releases(programme, 1, actor=other, at=world.at)
