"""Goods of an order exchanged for others that its dealer brings, beside what the scenarios show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import be
from tests.trade import laws, life, stock
from tests.trade import test_enforcement as default
from tests.trade.conftest import World

from heliu.capital.lending.models import Repayment
from heliu.capital.registry.models import Filing
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals.models import Approval
from heliu.kernel.errors import Forbidden, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.logistics.pledges.models import Pledge, ReleaseOrder
from heliu.logistics.pledges.policies import Bound, taken_from, units_in_exchange
from heliu.logistics.stock import queries as rows
from heliu.trade import approvals, close_of_day, corrections, exchange, lodging, registration
from heliu.trade.models import Deal, DealStep, Lodging, Step
from heliu.trade.placed import Placed

OFFICER = "review@bank.demo"
IN, OUT = {"M2": 60}, {"M1": 100}


@pytest.fixture
def pledged(world: World) -> Placed:
    """Goods that lie pledged, and 100 other mugs in the dealer's own house."""
    placed = life.to_pledge(world)
    stock.buy(world, M2=100)
    return placed


def ask(
    world: World, placed: Placed, *, who: str = "",
    comes: Mapping[str, int] = IN, leaves: Mapping[str, int] = OUT,
) -> Lodging:  # fmt: skip
    goods = [stock.goods(world, lines) for lines in (comes, leaves)]
    with world.desk(who or world.dealer) as actor:
        return exchange.ask(placed.deal.id, *goods, actor=actor, reason="they sell", at=world.at)


def vote(world: World, *, agrees: bool = True) -> None:
    with world.worker():
        asked = Approval.objects.get(act="exchange", status="WAITING")
    with world.desk(OFFICER) as officer:
        approvals.vote(asked.pk, agrees=agrees, reason="not yet", actor=officer, at=world.at)


def free(world: World, code: str) -> int:
    """Pieces that lie free in the dealer's own house."""
    sku, own = world.chain.skus[code], world.chain.dealers["D001"]
    with world.desk(world.dealer):
        return rows.lying_free([sku], owner=own, warehouse=own, at=world.at)[sku]


def pledge_of(world: World, placed: Placed) -> Pledge:
    with world.worker():
        return Pledge.objects.get(deal=placed.deal.id)


def notices(world: World, kind: str) -> int:
    with world.worker():
        return Notice.objects.filter(kind=kind, org=world.chain.dealers["D001"]).count()


def test_only_the_dealer_asks_and_only_its_lender_agrees(world: World, pledged: Placed) -> None:
    with pytest.raises(NotFound):
        ask(world, pledged, who="owner@d002.demo")
    for who in ("sales@seller.demo", "gate@warehouse.demo", OFFICER):
        with pytest.raises((Forbidden, NotFound)):
            ask(world, pledged, who=who)
    ask(world, pledged)
    with world.worker():
        asked = Approval.objects.get(act="exchange")
    assert asked.org == world.chain.bank
    for who in (world.dealer, "sales@seller.demo"):
        with world.desk(who) as actor, pytest.raises((Forbidden, NotFound)):
            approvals.vote(asked.pk, agrees=True, actor=actor, at=world.at)
    laws.hold(world)


def test_a_dealer_that_calls_it_off_has_its_goods_and_asks_nobody(
    world: World, pledged: Placed
) -> None:
    made = ask(world, pledged)
    assert free(world, "M2") == 40
    with world.desk(world.dealer) as dealer:
        lodging.call_off(pledged.deal.id, made.number, actor=dealer, at=world.at)
    assert free(world, "M2") == 100
    with world.worker():
        assert Approval.objects.get(act="exchange").status == "EXPIRED"
    ask(world, pledged)  # and may ask again
    laws.hold(world)


def test_what_nobody_answers_in_time_is_over(world: World, pledged: Placed) -> None:
    made = ask(world, pledged)
    be("heliu_worker")
    close_of_day.close_of_day(at=world.at)
    world.later(days=15)
    close_of_day.close_of_day(at=world.at)
    with world.worker():
        assert Lodging.objects.get(pk=made.pk).status == "CALLED_OFF"
    assert free(world, "M2") == 100
    assert notices(world, "exchange-lapsed") == 1


def test_what_nobody_answered_may_be_asked_again_before_the_day_is_closed(
    world: World, pledged: Placed
) -> None:
    made = ask(world, pledged)
    world.later(days=8)
    again = ask(world, pledged)
    vote(world)
    with world.worker():
        stands = dict(Lodging.objects.values_list("number", "status"))
    assert stands == {made.number: "CALLED_OFF", again.number: "ANNOUNCED"}
    be("heliu_worker")
    close_of_day.close_of_day(at=world.at)  # finds nothing that is over
    assert free(world, "M2") == 40
    assert notices(world, "exchange-lapsed") == 1
    laws.hold(world)


def test_goods_that_came_free_meanwhile_leave_no_second_time(world: World, pledged: Placed) -> None:
    for comes, leaves in ((60, 100), (40, 66)):
        ask(world, pledged, comes={"M2": comes}, leaves={"M1": leaves})
        vote(world)
    first, second = (stock.send(world, pledged.deal, number) for number in (1, 2))
    stock.count(world, first)
    life.repay(world, pledged.deal.id, 20)
    world.bank()  # a fifth of 3,800.00: 84 mugs of the 100 that are left
    stock.count(world, second)
    after = pledge_of(world, pledged)
    with world.worker():
        orders = list(ReleaseOrder.objects.filter(is_exchanged=True).order_by("released_at"))
        mugs = after.lines.get(sku=world.chain.skus["M1"])
    assert [(one.key, one.quantity) for one in orders] == [("swap:1", 100), ("swap:2", 16)]
    assert (after.brought_value, after.exchanged_value) == (100 * 15_00, 116 * 9_00)
    assert mugs.released == mugs.quantity == 200
    laws.hold(world)


def test_a_lender_that_takes_hold_lets_nothing_go(world: World) -> None:
    late = default.overdue(world)
    stock.buy(world, M2=100)
    default.give_notice(world, late)
    ask(world, late)
    default.pass_days(world, 4)
    default.say(world, default.ask(world, late))
    with world.worker():
        assert Approval.objects.get(act="exchange").status == "EXPIRED"
        assert Lodging.objects.get().status == "CALLED_OFF"
    assert free(world, "M2") == 100
    with pytest.raises(Refused) as refused:
        ask(world, late)
    assert refused.value.code == "takes-no-goods"


def test_nothing_is_sent_for_a_loan_that_runs_on_when_all_its_goods_are_free(
    world: World, pledged: Placed
) -> None:
    """The loan was repaid; then the payment is taken back."""
    made = ask(world, pledged)
    vote(world)
    life.repay(world, pledged.deal.id, 100)
    world.bank()
    with world.worker():
        paid = Repayment.objects.get(loan=pledged.loan)
    with world.desk("credit@bank.demo") as officer:
        corrections.take_back(
            pledged.deal.id, key=paid.key, reason="Another's.", actor=officer, at=world.at
        )
    assert default.stands(world, pledged) == ("OPEN", "SELLER_PAID", "RELEASED")
    with pytest.raises(Refused) as refused:
        stock.send(world, pledged.deal, made.number)
    assert refused.value.code == "takes-no-goods"
    with world.desk(world.dealer) as dealer:
        lodging.call_off(pledged.deal.id, made.number, actor=dealer, at=world.at)
    assert free(world, "M2") == 100
    laws.hold(world)


def test_goods_that_left_for_others_were_not_released_too_much(
    world: World, pledged: Placed
) -> None:
    """A payment that counts from another day frees a little less; what was exchanged stays right."""
    ask(world, pledged)
    vote(world)
    stock.count(world, stock.send(world, pledged.deal, 1))
    life.repay(world, pledged.deal.id, 20)
    world.bank()
    world.later(days=3)
    with world.worker():
        paid = Repayment.objects.get(loan=pledged.loan)
    with world.desk("credit@bank.demo") as officer:
        corrections.correct_value_day(
            pledged.deal.id, key=paid.key, value_day=paid.effective + timedelta(days=1),
            reason="The bank says so.", actor=officer, at=world.at,
        )  # fmt: skip
    with world.worker():
        reckoned = DealStep.objects.get(deal=pledged.deal.id, step=Step.RECKONED_ANEW)
    assert pledge_of(world, pledged).released_value > 100 * 9_00
    assert reckoned.data["stands"] == []
    laws.hold(world)


def test_the_database_lets_no_more_leave_than_was_brought(world: World, pledged: Placed) -> None:
    with world.worker():
        for wrong in ({"exchanged_value": 1}, {"brought_value": 1, "exchanged_value": 1}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Pledge.objects.filter(deal=pledged.deal.id).update(**wrong)


def test_what_keeps_goods_where_they_are_is_said(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    stock.buy(world, M2=100)
    with pytest.raises(Refused) as refused:
        ask(world, placed)
    assert refused.value.code == "nothing-bound"
    life.receive(world, life.ship(world, placed))
    with pytest.raises(Refused) as refused:
        ask(world, placed, leaves={})
    assert refused.value.code == "nothing-leaves"
    ask(world, placed)


def test_whatever_came_before_new_kinds_are_registered(
    world: World, pledged: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bank()
    brought: list[tuple[str, int]] = []
    monkeypatch.setattr(registration, "brought_in", lambda deal: list(brought))
    for last in ("1", "2"):
        brought.append(("K" * 80 + last, 5))
        with world.worker():
            deal = Deal.objects.get(pk=pledged.deal.id)
            registration.name_brought(deal, actor=Actor.system(), at=world.at)
    with world.worker():
        filed = Filing.objects.filter(deal=pledged.deal.id, kind="AMEND").order_by(
            "written_at", "id"
        )
        assert [len(one.goods) for one in filed] == [3, 4]


KINDS = [uuid4() for _ in range(3)]


@given(
    lying=st.lists(
        st.tuples(st.sampled_from(KINDS), st.builds(Bound, st.integers(1, 9), st.integers(0, 30))),
        max_size=6,
    ),
    wanted=st.dictionaries(st.sampled_from(KINDS), st.integers(1, 30)),
    worth=st.integers(0, 400),
)
def test_what_leaves_is_wanted_bound_and_worth_no_more(
    lying: list[tuple[UUID, Bound]], wanted: dict[UUID, int], worth: int
) -> None:
    share = units_in_exchange(lying, wanted, worth=worth)
    lines = [line for _, line in lying]
    most = taken_from(lines, [kind for kind, _ in lying], wanted)
    assert share.value == sum(
        n * line.unit_value for n, line in zip(share.units, lines, strict=True)
    )
    assert share.value <= worth
    assert all(n <= top for n, top in zip(share.units, most, strict=True))
    # Nothing that has worth and still fits stays behind.
    spare = worth - share.value
    assert not any(
        n < top and 0 < line.unit_value <= spare
        for n, top, line in zip(share.units, most, lines, strict=True)
    )
