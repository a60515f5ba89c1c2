"""What a buyer says with an order, by whichever way it is placed: day, own number, remark."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.trade import laws
from tests.trade.conftest import World

from heliu.commerce.lists import operations as lists
from heliu.commerce.lists import queries as plans
from heliu.commerce.lists.models import Run
from heliu.commerce.ordering.models import Order
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending.models import PurchaseRequest
from heliu.demo.chain import enrol
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.trade import approvals, place_order, purchases, recurring

CHIEF = "chief@d001.demo"


def place(world: World, **said: object) -> Order:
    with world.desk(world.dealer) as owner:
        return place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=10, M2=5),
            pay_by="TRANSFER", at=world.at, **said,
        ).order  # type: ignore[arg-type]  # fmt: skip


def kept(world: World, order: Order) -> tuple[Order, dict[str, date | None]]:
    with world.worker():
        found = Order.objects.get(pk=order.pk)
        return found, {line.sku.code: line.wanted_on for line in found.lines.select_related("sku")}


def today(world: World) -> date:
    return day_of(world.at)


def test_the_order_keeps_its_day_and_the_days_of_single_lines(world: World) -> None:
    soon, later = today(world), today(world) + timedelta(days=9)
    order = place(
        world, wanted_on=soon, line_days={world.chain.skus["M2"]: later},
        external_id="PO-77", remark="ring at the back",
    )  # fmt: skip
    found, days = kept(world, order)
    assert (found.wanted_on, found.external_id, found.remark) == (soon, "PO-77", "ring at the back")
    assert days == {"M1": None, "M2": later}
    laws.hold(world)


@pytest.mark.parametrize("off", [-1, 731])
@pytest.mark.parametrize("of_line", [False, True])
def test_a_day_gone_by_or_out_of_sight_is_refused_in_words(
    world: World, off: int, of_line: bool
) -> None:
    day = today(world) + timedelta(days=off)
    said = {"line_days": {world.chain.skus["M1"]: day}} if of_line else {"wanted_on": day}
    with pytest.raises(Invalid, match="between today and two years"):
        place(world, **said)


@pytest.fixture
def ruled(world: World) -> World:
    """In the first dealer's house the other owner must agree from CNY 1 on."""
    with world.worker():
        enrol(CHIEF, "Chief", world.chain.dealers["D001"], "owner")
    with world.desk(world.dealer) as owner:
        spending.set_rule(levels=[Level("manage")], from_amount=100, actor=owner, at=world.at)
    return world


def agree(world: World) -> None:
    with world.desk(CHIEF) as chief:
        asked = Approval.objects.get(status="WAITING")
        approvals.vote(asked.pk, agrees=True, actor=chief, at=world.at)


def test_a_request_carries_it_on_and_a_day_that_went_by_is_as_soon_as_can_be(ruled: World) -> None:
    world, soon = ruled, today(ruled) + timedelta(days=1)
    later = soon + timedelta(days=9)
    with world.desk(world.dealer) as owner:
        wish = {
            "actor": owner, "seller": world.chain.seller, "lines": world.lines(M1=10, M2=5),
            "pay_by": "TRANSFER", "reason": "low", "at": world.at,
        }  # fmt: skip
        with pytest.raises(Invalid, match="between today"):
            purchases.ask(**wish, wanted_on=soon - timedelta(days=2))
        asked = purchases.ask(
            **wish, wanted_on=soon, line_days={world.chain.skus["M2"]: later}, external_id="PO-1"
        )
    world.later(days=3)
    agree(world)
    found, days = kept(world, Order(pk=asked.pk))
    assert (found.wanted_on, found.external_id) == (None, "PO-1")
    assert days == {"M1": None, "M2": later}


def test_a_recurring_order_asks_the_house_and_the_last_yes_orders_it(ruled: World) -> None:
    world = ruled
    with world.desk(world.dealer) as owner:
        listed = lists.make(
            actor=owner, seller=world.chain.seller, name="Shelf",
            quantities=dict(world.lines(M1=10)), at=world.at,
        )  # fmt: skip
        plan = lists.recur(
            listed.pk, actor=owner, pay_by="TERMS", every=1, unit="WEEK", first_on=today(world),
            last_on=None, remark="as always", wished_after=2, at=world.at,
        )  # fmt: skip
    with world.worker():
        assert recurring.place_due(at=world.at) == 1
        assert recurring.place_due(at=world.at) == 0
        run = Run.objects.get()
        asked = PurchaseRequest.objects.get()
        assert (run.status, run.order_number, run.reason) == ("ASKED", asked.number, "")
        assert not Order.objects.filter(external_id=asked.external_id).exists()
    agree(world)
    found, _days = kept(world, Order(pk=asked.pk))
    assert (found.remark, found.wanted_on) == ("as always", today(world) + timedelta(days=2))
    assert found.external_id.startswith("R-")
    with world.desk(world.dealer) as owner:
        assert plans.get_recurring(owner, plan.pk).next_on == today(world) + timedelta(days=7)
    laws.hold(world)
