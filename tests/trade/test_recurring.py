"""Orders that come back by themselves, and lists they come from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from tests.conftest import be
from tests.trade import laws
from tests.trade.conftest import World

from heliu.commerce.lists import operations as lists
from heliu.commerce.lists import queries
from heliu.commerce.lists.models import Run
from heliu.commerce.ordering.models import Order
from heliu.kernel.access.models import User
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.events.notices import words
from heliu.kernel.goods.models import Sku
from heliu.trade import recurring


def planned(
    world: World, *, pay_by: str = "TERMS", last_on: date | None = None, **goods: int
) -> UUID:
    """The first dealer orders these goods every two weeks from today on."""
    with world.desk(world.dealer) as owner:
        listed = lists.make(
            actor=owner,
            seller=world.chain.seller,
            name="Shelf",
            quantities=dict(world.lines(**goods)),
            at=world.at,
        )
        return lists.recur(
            listed.pk, actor=owner, pay_by=pay_by, every=2, unit="WEEK",
            first_on=day_of(world.at), last_on=last_on, at=world.at,
        ).pk  # fmt: skip


def turn(world: World) -> int:
    be("heliu_worker")
    return recurring.place_due(at=world.at)


def ordered(world: World) -> list[Order]:
    with world.worker():
        return list(Order.objects.filter(remark="Shelf").order_by("placed_at"))


def runs(world: World) -> list[tuple[date, str, str]]:
    with world.worker():
        return list(Run.objects.order_by("due_on").values_list("due_on", "status", "code"))


def test_what_is_due_is_ordered_once_and_comes_back(world: World) -> None:
    plan = planned(world, M1=24, B1=2)
    first = day_of(world.at)
    assert (turn(world), turn(world)) == (1, 0)
    [order] = ordered(world)
    assert (order.pay_by, order.total) == ("TERMS", 24 * 1000 + 2 * 2000)
    world.later(days=13)
    assert turn(world) == 0
    world.later(days=1)
    assert turn(world) == 1
    assert [day for day, _, _ in runs(world)] == [first, first + timedelta(days=14)]
    with world.desk(world.dealer) as owner:
        found = queries.get_recurring(owner, plan)
        assert queries.upcoming(found, 1) == [first + timedelta(days=28)]
        told = [words(one) for one in Notice.objects.filter(kind="recurring-ordered")]
    assert len(told) == 2
    assert order.number in " ".join(told)
    laws.hold(world)


def test_days_that_went_by_unseen_are_ordered_once(world: World) -> None:
    planned(world, M1=24)
    first = day_of(world.at)
    world.later(days=40)
    assert (turn(world), turn(world)) == (1, 0)
    assert len(ordered(world)) == 1
    with world.worker():
        assert Run.objects.get().recurring.next_on == first + timedelta(days=42)


def test_what_refuses_an_order_is_told_with_what_would_help(world: World) -> None:
    planned(world, M1=24)
    with world.worker():
        Sku.objects.filter(code="M1").update(order_multiple=10)
    assert turn(world) == 1
    assert ordered(world) == []
    assert [code for _, _, code in runs(world)] == ["not-whole-pack"]
    with world.worker():
        said = words(Notice.objects.get(kind="recurring-failed"))
    assert "Shelf could not be ordered as planned" in said
    assert "packs of 10" in said
    world.later(days=14)
    with world.worker():
        Sku.objects.filter(code="M1").update(order_multiple=12)
    assert turn(world) == 1
    assert len(ordered(world)) == 1
    laws.hold(world)


def test_nobody_orders_with_rights_that_are_gone(world: World) -> None:
    planned(world, M1=24)
    with world.worker():
        User.objects.filter(username=world.dealer).update(is_active=False)
    assert turn(world) == 1
    assert [code for _, _, code in runs(world)] == ["set-by-gone"]
    assert ordered(world) == []


def test_a_day_is_left_out_once_a_plan_paused_and_ended(world: World) -> None:
    plan = planned(world, M1=24)
    first = day_of(world.at)
    with world.desk(world.dealer) as owner:
        assert lists.skip(plan, actor=owner, at=world.at).next_on == first + timedelta(days=14)
    assert turn(world) == 0
    world.later(days=14)
    with world.desk(world.dealer) as owner:
        lists.pause(plan, actor=owner)
        with pytest.raises(Refused, match="list-recurs"):
            lists.drop(queries.get_recurring(owner, plan).list_id, actor=owner)
    assert turn(world) == 0
    world.later(days=15)
    with world.desk(world.dealer) as owner:
        assert lists.resume(plan, actor=owner, at=world.at).next_on == first + timedelta(days=42)
        lists.end(plan, actor=owner)
        with pytest.raises(Refused):
            lists.skip(plan, actor=owner, at=world.at)
        lists.drop(queries.get_recurring(owner, plan).list_id, actor=owner)
    world.later(days=60)
    assert turn(world) == 0
    assert ordered(world) == []


def test_a_plan_ends_after_its_last_day(world: World) -> None:
    plan = planned(world, last_on=day_of(world.at) + timedelta(days=20), M1=24)
    for _ in range(3):
        turn(world)
        world.later(days=14)
    assert len(ordered(world)) == 2
    with world.desk(world.dealer) as owner:
        assert queries.get_recurring(owner, plan).status == "ENDED"


def test_two_workers_at_once_order_once(world: World) -> None:
    planned(world, M1=24)
    be("heliu_worker")
    at_once = Barrier(4, timeout=60)

    def work(_: int) -> int:
        try:
            at_once.wait()
            return recurring.place_due(at=world.at)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert len(ordered(world)) == 1
    laws.hold(world)


def test_a_list_is_its_owner_s_or_the_house_s(world: World) -> None:
    with world.desk(world.dealer) as owner:
        kept = {"actor": owner, "seller": world.chain.seller, "at": world.at}
        mine = lists.make(**kept, name=" For  me ", quantities=dict(world.lines(M1=1)))
        lists.make(**kept, name="For me", quantities=dict(world.lines(M1=1)), shared=True)
        with pytest.raises(Refused, match="list-name-used"):
            lists.make(**kept, name="For me", quantities=dict(world.lines(B1=1)))
        with pytest.raises(Invalid, match="list-empty"):
            lists.make(**kept, name="Nothing", quantities={})
        lists.change(mine.pk, actor=owner, quantities=dict(world.lines(B1=3)), at=world.at)
        assert [line.quantity for line in queries.get(owner, mine.pk).lines.all()] == [3]
        assert queries.visible_to(owner).count() == 2
    with world.desk("owner@d002.demo") as stranger:
        assert queries.visible_to(stranger).count() == 0
        with pytest.raises(NotFound):
            lists.drop(mine.pk, actor=stranger)
