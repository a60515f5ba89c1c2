"""The seller's yes by the tier of the customer: by itself, by a person, by several."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.commerce.ordering.models import Order
from heliu.demo.chain import enrol
from heliu.kernel.access import role_editing
from heliu.kernel.access.models import Grantable
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.parties.models import Organization
from heliu.trade import approvals as deciding
from heliu.trade import changing, confirming, tiers
from heliu.trade.change_terms import Wanted
from heliu.trade.models import DealStep, TierOffer

SALES, OTHER = "sales@seller.demo", "second@seller.demo"


@pytest.fixture
def tiered(world: World) -> World:
    """The first dealer is a public house: its orders on terms to CNY 100 confirm themselves, from
    CNY 200 on another person of the seller must agree."""
    with world.worker():
        enrol(OTHER, "Second", world.chain.seller, "seller")
    with world.desk(SALES) as actor:
        tiers.set_offer("PUBLIC", actor=actor, at=world.at, passes_to=100_00, agreed_from=200_00)
    with world.desk("ops@operator.demo") as operator:
        tiers.set_tier(world.chain.dealers["D001"], "PUBLIC", actor=operator)
    with world.worker():
        pass
    tiers.run(at=world.at)
    return world


def say_yes(world: World, placed: Any, email: str = SALES) -> Approval | None:
    with world.desk(email) as actor:
        return confirming.confirm(placed.order.pk, actor=actor, at=world.at)


def status(world: World, placed: Any) -> str:
    with world.worker():
        return str(Order.objects.get(pk=placed.order.pk).status)


def run(world: World) -> int:
    with world.worker():
        pass
    return confirming.run(at=world.at)


def test_small_orders_on_terms_confirm_themselves_and_no_others(tiered: World) -> None:
    world = tiered
    small = life.place(world, pay_by="TERMS", M1=10)  # CNY 100
    larger = life.place(world, pay_by="TERMS", M1=11)
    transfer = life.place(world, pay_by="TRANSFER", M1=10)
    assert run(world) == 1
    assert run(world) == 0
    found = [status(world, one) for one in (small, larger, transfer)]
    assert found == ["CONFIRMED", "PLACED", "PLACED"]
    with world.worker():
        step = DealStep.objects.get(deal=small.deal.pk, step="CONFIRMED")
        assert (step.actor, step.actor_name) == (None, "Heliu")
    assert say_yes(world, larger) is None  # a person's yes is enough
    assert status(world, larger) == "CONFIRMED"
    laws.hold(world)


def test_a_large_order_needs_another_person(tiered: World) -> None:
    world = tiered
    placed = life.place(world, pay_by="TRANSFER", M1=20)
    asked = say_yes(world, placed)
    assert asked is not None
    assert status(world, placed) == "PLACED"
    with pytest.raises(Refused, match="waits for agreement already"):
        say_yes(world, placed, OTHER)
    with world.desk(SALES) as actor, pytest.raises(Refused):
        deciding.vote(asked.pk, agrees=True, actor=actor, at=world.at)  # not one's own
    with world.desk(OTHER) as second:
        deciding.vote(asked.pk, agrees=True, actor=second, at=world.at)
    assert status(world, placed) == "CONFIRMED"
    laws.hold(world)


def test_a_no_leaves_it_placed_and_a_change_asks_anew(tiered: World) -> None:
    world = tiered
    placed = life.place(world, pay_by="TERMS", M1=20)
    asked = say_yes(world, placed)
    assert asked is not None
    with world.desk(world.dealer) as owner:
        wanted = Wanted({world.chain.skus["M1"]: 50})
        changing.change(placed.order.pk, wanted, actor=owner, at=world.at)
    with world.desk(OTHER) as second, pytest.raises(Refused):
        deciding.vote(asked.pk, agrees=True, actor=second, at=world.at)
    again = say_yes(world, placed)
    assert again is not None
    assert again.amount == 500_00
    with world.desk(OTHER) as second:
        deciding.vote(again.pk, agrees=False, reason="too much", actor=second, at=world.at)
    assert status(world, placed) == "PLACED"


def test_a_house_may_have_rules_of_its_own(world: World) -> None:
    with world.worker():
        enrol(OTHER, "Second", world.chain.seller, "seller")
    with world.desk(SALES) as actor:
        approvals.set_levels(
            confirming.CONFIRM, from_amount=300_00, levels=[Level("sell")], actor=actor, at=world.at
        )
    small, large = (life.place(world, pay_by="TERMS", M1=n) for n in (29, 30))
    assert say_yes(world, small) is None
    assert say_yes(world, large) is not None


def test_nobody_else_says_yes(tiered: World) -> None:
    placed = life.place(tiered, pay_by="TERMS", M1=20)
    rival = tiered.rival("seller")
    with tiered.desk(rival) as actor, pytest.raises(NotFound):
        confirming.confirm(placed.order.pk, actor=actor, at=tiered.at)


def test_what_confirms_itself_needs_nobody_in_words_and_by_the_database(tiered: World) -> None:
    world = tiered
    with world.desk(SALES) as actor, pytest.raises(Invalid, match="above what confirms itself"):
        tiers.set_offer("SME", actor=actor, at=world.at, passes_to=500, agreed_from=500)
    with world.worker(), pytest.raises(IntegrityError), transaction.atomic():
        TierOffer.objects.update(agreed_from=1)


def test_houses_of_a_tier_may_give_more(world: World) -> None:
    house = world.chain.dealers["D001"]
    with world.worker():
        Grantable.objects.filter(party_role="DEALER", permission="pay").delete()
    with world.desk("ops@operator.demo") as operator:
        role_editing.set_limits("DEALER", ["pay"], actor=operator, tier="LARGE")

    def may() -> bool:
        with world.desk(world.dealer) as owner:
            return "pay" in role_editing.may_give(owner)

    assert not may()
    with world.worker():
        Organization.objects.filter(pk=house).update(tier="LARGE")
    assert may()


def test_a_customer_reads_its_words_and_not_how_its_orders_are_confirmed(tiered: World) -> None:
    with tiered.desk(SALES) as actor:
        tiers.set_offer("PUBLIC", actor=actor, at=tiered.at, service="In a day", passes_to=100_00)
    with tiered.desk(tiered.dealer) as dealer:
        assert [one.service for one in tiers.standings(dealer)] == ["In a day"]
        assert not TierOffer.objects.exists()
