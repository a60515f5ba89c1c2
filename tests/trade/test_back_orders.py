"""Orders for more than lies there: who waits, until when, and who is served first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import cloned
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.test_part_delivery import SALES, confirmed, send, strike
from tests.trade.test_rewards import promote

from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.models import OrderLine
from heliu.commerce.ordering.parts import Part, read
from heliu.commerce.ordering.rows import PadRow
from heliu.commerce.pricing.models import Effect
from heliu.demo.chain import Chain
from heliu.kernel.access.door import acting_for
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.logistics.stock import back_orders as stock
from heliu.trade import (
    back_orders,
    changing,
    deliveries,
    order_pad,
    place_order,
    previewing,
    side_exits,
    tiers,
)
from heliu.trade.change_terms import Wanted
from heliu.trade.placed import Placed

THERE = 10_000


def allow(world: World, most: int, code: str = "B1") -> None:
    with world.desk(SALES) as seller:
        stock.allow(world.chain.skus[code], most, actor=seller, at=world.at)


def expect(world: World, quantity: int, days: int, code: str = "B1") -> UUID:
    with world.desk(SALES) as seller:
        day = day_of(world.at) + timedelta(days=days)
        return stock.expect(world.chain.skus[code], quantity, day, actor=seller, at=world.at).pk


def arrive(world: World, expected: UUID, quantity: int) -> None:
    with world.desk(SALES) as seller:
        back_orders.arrived(expected, quantity, actor=seller, at=world.later(hours=1))


def outlook(world: World, email: str = "", code: str = "B1") -> stock.Outlook | None:
    with world.desk(email or world.dealer):
        sku = world.chain.skus[code]
        return stock.outlook([sku], owner=world.chain.seller, at=world.at).get(sku)


def waits(world: World, placed: Placed, email: str = "") -> tuple[int, int, date | None]:
    """Ready, waiting, until when, as a side of the order reads it."""
    with world.desk(email or world.dealer):
        ((_, _, _, *found),) = [
            one for one in back_orders.queue(world.chain.seller) if one.order == placed.order.id
        ]
        return tuple(found)  # type: ignore[return-value]


def order(world: World, quantity: int, pay_by: str = "TRANSFER", code: str = "B1") -> Placed:
    world.later(minutes=1)
    return life.place(world, pay_by=pay_by, **{code: quantity})


def emptied(world: World, left: int = 4) -> None:
    """All but a few pieces are promised to somebody."""
    order(world, THERE - left)


def test_where_it_is_not_allowed_nothing_changes(world: World) -> None:
    emptied(world)
    expect(world, 100, 5)
    with pytest.raises(Refused) as refused:
        order(world, 5)
    assert refused.value.code == "short"
    assert outlook(world) is None
    with world.desk(SALES):
        assert back_orders.queue(world.chain.seller) == []


def test_more_than_there_is_may_be_ordered_and_each_reads_what_waits_until_when(
    world: World,
) -> None:
    allow(world, 50)
    emptied(world)
    expect(world, 3, 5)
    expect(world, 30, 9)
    today = day_of(world.at)
    assert outlook(world) == stock.Outlook(
        4, 54, ((today + timedelta(5), 3), (today + timedelta(9), 33))
    )
    first, second = order(world, 10), order(world, 25)
    assert waits(world, first) == (4, 6, today + timedelta(9))
    assert waits(world, second) == (0, 25, today + timedelta(9))
    third = order(world, 19)
    assert waits(world, third, SALES) == (0, 19, None)  # nobody knows yet
    with pytest.raises(Refused) as refused:
        order(world, 1)
    assert refused.value.code in ("short", "sold-out")
    found = outlook(world)
    assert found is not None
    assert (found.ready, found.orderable, found.next_day) == (0, 0, None)
    with world.desk("owner@d002.demo"):  # another buyer sees none of it
        assert back_orders.queue(world.chain.seller) == []
    laws.hold(world)


def test_two_lines_of_one_article_wait_one_after_the_other(world: World) -> None:
    promote(world, Effect.ORDER, amount=1, min_order=1, skus=[world.chain.skus["B1"]])
    allow(world, 50)
    emptied(world)
    placed = order(world, 10)
    with world.desk(world.dealer):
        queued = [
            (one.ready, one.waiting)
            for one in back_orders.queue(world.chain.seller)
            if one.order == placed.order.id
        ]
    assert len(queued) == 2
    assert tuple(map(sum, zip(*queued, strict=True))) == (4, 6)


def test_who_may_not_wait_is_given_no_more_than_lies_there(world: World) -> None:
    bags = world.chain.skus["B1"]
    emptied(world)
    allow(world, 50)
    may_wait(world, False)
    promote(
        world,
        Effect.GOODS,
        gift=bags,
        gift_quantity=1,
        min_quantity=1,
        skus=[world.chain.skus["M1"]],
    )
    placed = order(world, 10, code="M1")
    with world.worker():
        given = OrderLine.objects.get(order=placed.order.pk, sku=bags)
    assert (given.quantity, given.unit_price) == (4, 0)
    laws.hold(world)


def test_goods_go_to_who_ordered_first_and_those_they_serve_are_told(world: World) -> None:
    allow(world, 50)
    emptied(world)
    coming = expect(world, 8, 5)
    first, second = order(world, 10), order(world, 5)
    with world.desk(SALES) as seller:
        for one in (first, second):
            place_order.confirm(one.order.id, actor=seller, at=world.at)
    with pytest.raises(Refused) as refused:
        send(world, second, B1=1)  # the four that lie there are the first one's
    assert refused.value.code == "goods-wait"
    shipment = life.ship(world, first)
    with world.worker():
        assert [line.quantity for line in shipment.lines.all()] == [4]
    arrive(world, coming, 8)
    assert waits(world, first) == (6, 0, None)
    assert waits(world, second) == (2, 3, None)
    with world.desk(world.dealer):
        told = Notice.objects.filter(kind="goods-ready").values_list("params__quantity", flat=True)
        assert sorted(told) == ["2", "6"]
    send(world, second, B1=2)
    life.ship(world, first)
    with pytest.raises(Refused) as refused:
        life.ship(world, second)
    assert refused.value.code == "goods-wait-all"
    laws.hold(world)


def test_what_another_gives_back_serves_the_next(world: World) -> None:
    allow(world, 50)
    emptied(world)
    first, second = confirmed(world, "TRANSFER", B1=10), order(world, 5)
    assert waits(world, second)[:2] == (0, 5)
    strike(world, first, B1=8)
    assert waits(world, second)[:2] == (2, 3)
    with world.desk(SALES) as seller:
        side_exits.cancel(first.order.id, actor=seller, reason="x", at=world.later(hours=1))
    assert waits(world, second)[:2] == (4, 1)
    laws.hold(world)


def test_no_fewer_are_allowed_than_wait_and_only_of_ones_own_goods(world: World) -> None:
    allow(world, 50)
    emptied(world)
    order(world, 14)
    with pytest.raises(Refused) as refused:
        allow(world, 9)
    assert refused.value.code == "more-waits"
    allow(world, 10)
    with pytest.raises(Refused), world.desk(SALES) as seller:
        stock.allow(world.chain.skus["B1"], 0, actor=seller, at=world.at)
    allow(world, 0, "M1")  # it never was
    rival = world.rival("seller")
    with pytest.raises(NotFound), world.desk(rival) as other:
        stock.allow(world.chain.skus["B1"], 20, actor=other, at=world.at)
    coming = expect(world, 8, 5)
    with pytest.raises(NotFound), world.desk(rival) as other:
        stock.call_off(coming, actor=other, at=world.at)
    laws.hold(world)


def test_pad_page_and_door_say_the_same(world: World) -> None:
    """The pad, the preview and the facts that decide read one number."""
    allow(world, 50)
    emptied(world)
    with world.desk(world.dealer) as dealer:
        for quantity in (54, 55):
            sku = world.chain.skus["B1"]
            seen = previewing.preview(
                actor=dealer, seller=world.chain.seller, lines=[(sku, quantity)], at=world.at
            )
            rows = [order_pad.PadRow("B1", str(quantity))]
            pad = order_pad.check(dealer, world.chain.seller, rows, world.at)
            assert [bool(seen.problems), len(pad.good)] == [quantity == 55, quantity == 54]
    with pytest.raises(Refused):
        order(world, 55)
    order(world, 54)


def may_wait(world: World, yes: bool | None) -> None:
    with world.desk(SALES) as seller:
        tiers.set_waiting(yes, buyer=world.chain.dealers["D001"], actor=seller)


def test_who_may_not_wait_gets_what_lies_there_at_every_door(world: World) -> None:
    emptied(world)
    allow(world, 50)
    may_wait(world, False)
    sku = world.chain.skus["B1"]
    with world.desk(world.dealer) as owner:
        found = order_pad.check(owner, world.chain.seller, [PadRow("B1", "5")], world.at)
        assert found.lines[0].problem == "short"
        seen = previewing.preview(
            actor=owner, seller=world.chain.seller, lines=[(sku, 5)], at=world.at
        )
        assert [line.problem for line in seen.problems] == ["short"]
    assert outlook(world) is None
    assert outlook(world, "owner@d002.demo") is not None
    with pytest.raises(Refused) as refused:
        order(world, 5)
    assert refused.value.code == "short"
    placed = order(world, 4)
    with world.desk(world.dealer) as owner, pytest.raises(Refused) as refused:
        changing.change(placed.order.pk, Wanted({sku: 6}), actor=owner, at=world.at)
    assert refused.value.code == "short"
    with world.desk("owner@d002.demo") as other:  # its seller lets it wait
        place_order.place(
            actor=other, seller=world.chain.seller, lines=[(sku, 9)], pay_by="TRANSFER", at=world.at
        )
    may_wait(world, None)
    with world.worker():
        tiers.run(at=world.at)
    assert order(world, 5).order.total
    laws.hold(world)


def test_a_tier_says_who_may_wait_and_whose_turn_it_is(world: World) -> None:
    emptied(world, left=30)
    allow(world, 50)
    with world.desk(SALES) as seller:
        tiers.set_offer("LARGE", actor=seller, at=world.at, may_wait=False, turn=1, service="today")
        tiers.set_tier_here(world.chain.dealers["D002"], "LARGE", actor=seller)
    with world.worker():
        tiers.run(at=world.at)
    sku = world.chain.skus["B1"]
    first = order(world, 2)
    with world.desk("owner@d002.demo") as large:
        with pytest.raises(Refused):
            place_order.place(
                actor=large, seller=world.chain.seller, lines=[(sku, 40)], pay_by="TRANSFER",
                at=world.at,
            )  # fmt: skip
        second = place_order.place(
            actor=large, seller=world.chain.seller, lines=[(sku, 3)], pay_by="TRANSFER", at=world.at
        )
    with world.desk(SALES) as seller:
        for one in (first, second):
            place_order.confirm(one.order.pk, actor=seller, at=world.at)
        due = orders.to_send(seller)
    assert [(one.order, one.turn) for one in due] == [(second.order.pk, 1), (first.order.pk, 5)]


@pytest.mark.parametrize("how", ["APART", "TOGETHER"])
def test_what_is_here_now_and_the_rest_or_all_at_once(world: World, how: str) -> None:
    emptied(world)
    allow(world, 50)
    days = back_orders.Days(None, {}, {})
    wanted = [(world.chain.skus["B1"], 10), (world.chain.skus["M1"], 3)]

    def arranged() -> back_orders.Days:
        with world.desk(world.dealer):
            return back_orders.arranged(how, world.chain.seller, wanted, days, at=world.at)

    if how == "TOGETHER":
        with pytest.raises(Refused, match="Nobody knows yet"):
            arranged()
    else:
        assert arranged() == days
    expect(world, 60, days=9)
    until = day_of(world.at) + timedelta(days=9)
    found = arranged()
    if how == "TOGETHER":
        assert found == back_orders.Days(until, {}, {})
    else:
        assert found.line_parts == {wanted[0][0]: [Part(None, 4), Part(until, 6)]}
    placed = place_at(world, wanted, found)
    with world.worker():
        line = OrderLine.objects.get(order=placed.order.pk, sku=wanted[0][0])
    assert read(line.parts) == (() if how == "TOGETHER" else (Part(None, 4), Part(until, 6)))


@pytest.mark.parametrize("how", ["APART", "TOGETHER"])
def test_what_should_have_come_already_is_wished_for_today(world: World, how: str) -> None:
    emptied(world)
    allow(world, 50)
    expect(world, 60, days=2)
    wanted = [(world.chain.skus["B1"], 10)]
    today = day_of(world.later(days=5))
    with world.desk(world.dealer):
        days = back_orders.Days(None, {}, {})
        found = back_orders.arranged(how, world.chain.seller, wanted, days, at=world.at)
    if how == "TOGETHER":
        assert found == back_orders.Days(today, {}, {})
    else:
        assert found.line_parts == {wanted[0][0]: [Part(None, 4), Part(today, 6)]}
    assert place_at(world, wanted, found).order.status == "PLACED"


def place_at(world: World, wanted: list[tuple[UUID, int]], days: back_orders.Days) -> Placed:
    with world.desk(world.dealer) as owner:
        return place_order.place(
            actor=owner, seller=world.chain.seller, lines=wanted, pay_by="TRANSFER", at=world.at,
            **days._asdict(),
        )  # fmt: skip


def test_no_bank_pays_for_goods_that_are_to_come(world: World) -> None:
    allow(world, 50)
    emptied(world)
    with pytest.raises(Refused) as refused:
        order(world, 5, pay_by="FINANCE")
    assert refused.value.code == "finance-needs-goods"
    order(world, 4, pay_by="FINANCE")
    laws.hold(world)


def test_many_at_once_never_order_more_than_is_allowed(world: World) -> None:
    allow(world, 6)
    emptied(world)
    buyer, together = world.actor(world.dealer), Barrier(6, timeout=60)

    def one(_: int) -> bool:
        together.wait()
        try:
            with acting_for(buyer.orgs):
                place_order.place(
                    actor=buyer, seller=world.chain.seller, lines=world.lines(B1=3),
                    pay_by="TRANSFER", at=world.at,
                )  # fmt: skip
            return True
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(one, range(6))) == 3  # of four and six more
    with world.desk(SALES):
        queued = back_orders.queue(world.chain.seller)
        assert sum(one.waiting for one in queued) == 5
    laws.hold(world)


@settings(max_examples=6, deadline=None)
@given(
    deeds=st.lists(
        st.tuples(st.sampled_from(["order", "come", "send", "strike"]), st.integers(1, 12)),
        min_size=4,
        max_size=12,
    )
)
def test_the_queue_is_what_a_plain_list_says(
    laid: tuple[str, Chain],
    django_db_blocker: pytest.FixtureRequest,
    deeds: list[tuple[str, int]],
) -> None:
    """Against a plain reference: goods that lie there go along the open lines as they were placed."""
    base, chain = laid
    with django_db_blocker.unblock(), cloned(base):
        world = World(chain)
        allow(world, 40)
        emptied(world)
        lies, open_ = THERE, [THERE - 4]
        orders: list[Placed | None] = [None]
        for deed, n in deeds:
            ready = _served(lies, open_)
            if deed == "order" and sum(open_) + n <= lies + 40:
                orders.append(confirmed(world, "TRANSFER", B1=n))
                open_.append(n)
            elif deed == "come":
                arrive(world, expect(world, n, 3), n)
                lies += n
            elif deed == "send" and (placed := orders[n % len(orders)]):
                if going := ready[n % len(orders)]:
                    with world.desk(SALES) as seller:
                        deliveries.ship(
                            placed.order.id, actor=seller, carrier="", at=world.later(hours=1)
                        )
                    lies, open_[n % len(orders)] = lies - going, open_[n % len(orders)] - going
            elif deed == "strike" and (placed := orders[n % len(orders)]):
                left = open_[n % len(orders)]
                if left > 1:
                    strike(world, placed, B1=1)
                    open_[n % len(orders)] -= 1
        with world.worker():
            lines = OrderLine.objects.filter(order__seller=chain.seller, sku=chain.skus["B1"])
            ids = list(
                lines.exclude(order__number__startswith="OLD")
                .order_by("order__placed_at", "order_id")
                .values_list("pk", flat=True)
            )
        with world.desk(SALES):
            said = {one.line: (one.ready, one.waiting) for one in back_orders.queue(chain.seller)}
        expected = [
            (there, left - there) for there, left in zip(_served(lies, open_), open_, strict=True)
        ]
        assert [said.get(pk, (0, 0)) for pk in ids] == expected
        laws.hold(world)


def _served(lies: int, open_: list[int]) -> list[int]:
    served = []
    for left in open_:
        served.append(min(left, max(lies, 0)))
        lies -= left
    return served
