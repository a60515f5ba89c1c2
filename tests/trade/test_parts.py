"""A line wished in parts, each by its day: at every door, through requests and changes, to the seller's
desk that sends by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.trade import laws
from tests.trade.conftest import World
from tests.trade.test_order_words import agree, ruled, today

from heliu.commerce.lists import operations as lists
from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.models import Order, OrderLine
from heliu.commerce.ordering.parts import Part, evenly, fitted, kept, parted, read, still_open
from heliu.kernel.errors import Invalid
from heliu.trade import changing, deliveries, place_order, purchases, recurring, striking
from heliu.trade.change_terms import Wanted

__all__ = ["ruled"]

DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 9))
PARTS = st.lists(st.builds(Part, DAYS, st.integers(1, 500)), min_size=1, max_size=6)


@dataclass
class Line:
    quantity: int
    shipped: int
    cancelled: int
    parts: Any
    wanted_on: date | None = None


@given(PARTS, DAYS, st.data())
def test_parts_are_all_of_the_line_whatever_leaves_or_is_struck(
    wished: list[Part], order_day: date | None, data: st.DataObject
) -> None:
    quantity = sum(part.quantity for part in wished)
    parts = parted(wished, quantity, order_day)
    assert sum(part.quantity for part in parts) == quantity
    days = [part.wanted_on or date.min for part in parts]
    assert days == sorted(set(days))
    assert read(kept(parts)) == (parts if len(parts) > 1 else ())
    more = data.draw(st.integers(1, 2 * quantity))
    assert sum(part.quantity for part in fitted(parts, more)) == more
    assert all(part.quantity > 0 for part in fitted(parts, more))
    shipped = data.draw(st.integers(0, quantity))
    cancelled = data.draw(st.integers(0, quantity - shipped))
    left = still_open(Line(quantity, shipped, cancelled, kept(parts), parts[0].wanted_on))
    assert sum(part.quantity for part in left) == quantity - shipped - cancelled
    # What left is of the earliest, what was struck of the latest.
    flat = [part.wanted_on for part in parts for _ in range(part.quantity)]
    assert [part.wanted_on for part in left for _ in range(part.quantity)] == (
        flat[shipped : quantity - cancelled]
    )


@given(PARTS, st.integers(1, 100))
def test_parts_that_are_not_all_of_the_line_are_refused(wished: list[Part], more: int) -> None:
    with pytest.raises(Invalid, match="add up"):
        parted(wished, sum(part.quantity for part in wished) + more, None)


def halves(world: World) -> dict[Any, list[Part]]:
    soon, later = today(world), today(world) + timedelta(days=9)
    return {world.chain.skus["M1"]: [Part(later, 60), Part(soon, 40)]}


def split(world: World, *, pay_by: str = "TERMS", lines: dict[str, int] | None = None) -> Any:
    with world.desk(world.dealer) as owner:
        return place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(**(lines or {"M1": 100})),
            pay_by=pay_by, line_parts=halves(world), at=world.at,
        )  # fmt: skip


def line_of(world: World, order: Order) -> OrderLine:
    with world.worker():
        return OrderLine.objects.get(order=order.pk, sku=world.chain.skus["M1"])


def test_a_line_is_kept_in_its_parts_and_sent_by_them(world: World) -> None:
    placed = split(world)
    soon, later = today(world), today(world) + timedelta(days=9)
    line = line_of(world, placed.order)
    assert read(line.parts) == (Part(soon, 40), Part(later, 60))
    assert line.wanted_on == soon
    with world.desk("sales@seller.demo") as seller:
        assert orders.to_send(seller) == []
        place_order.confirm(placed.order.pk, actor=seller, at=world.at)
        due = [(one.day, one.pieces) for one in orders.to_send(seller)]
        assert due == [(soon, 40), (later, 60)]
        deliveries.ship(
            placed.order.pk, actor=seller, carrier="Shunda", lines={line.pk: 50}, at=world.at
        )
        assert [(one.day, one.pieces) for one in orders.to_send(seller)] == [(later, 50)]
        striking.strike(
            placed.order.pk, lines={line.pk: 20}, reason="gone", actor=seller, at=world.at
        )
        assert [(one.day, one.pieces) for one in orders.to_send(seller)] == [(later, 30)]
    with world.desk("owner@d002.demo") as other:
        assert orders.to_send(other) == []
    laws.hold(world)


def test_the_database_holds_that_parts_are_the_line(world: World) -> None:
    line = line_of(world, split(world).order)
    with world.worker(), pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(parts=kept([Part(None, 1), Part(None, 2)]))


def test_days_of_parts_are_judged_as_others_are(world: World) -> None:
    gone = {world.chain.skus["M1"]: [Part(today(world) - timedelta(days=1), 40), Part(None, 60)]}
    with world.desk(world.dealer) as owner, pytest.raises(Invalid, match="between today"):
        place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=100), pay_by="TERMS",
            line_parts=gone, at=world.at,
        )  # fmt: skip


def test_a_request_carries_parts_and_fits_them_when_less_is_wanted(ruled: World) -> None:
    world = ruled
    with world.desk(world.dealer) as owner:
        asked = purchases.ask(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=100), pay_by="TRANSFER",
            reason="low", line_parts=halves(world), at=world.at,
        )  # fmt: skip
        purchases.change(asked, {1: 70}, actor=owner, at=world.at)
    world.later(days=1)
    agree(world)
    found = read(line_of(world, Order(pk=asked.pk)).parts)
    later = today(world) + timedelta(days=8)
    assert found == (Part(None, 40), Part(later, 30))  # the first day has gone by


def test_a_change_sets_other_parts_and_the_seller_is_asked(world: World) -> None:
    placed = split(world)
    sku, soon = world.chain.skus["M1"], today(world)
    later = soon + timedelta(days=20)
    parts = [Part(soon, 10), Part(later, 110)]
    with world.desk(world.dealer) as owner:
        wanted = Wanted({sku: 120}, line_parts={sku: parts})
        changing.change(placed.order.pk, wanted, actor=owner, at=world.at)
    assert read(line_of(world, placed.order).parts) == tuple(parts)
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(placed.order.pk, actor=seller, at=world.at)
    with world.desk(world.dealer) as owner:
        wanted = Wanted(line_parts={sku: [Part(soon, 60), Part(later, 60)]})
        assert changing.change(placed.order.pk, wanted, actor=owner, at=world.at).status == "SELLER"
        changing.withdraw(placed.order.pk, actor=owner, at=world.at)
        with pytest.raises(Invalid, match="add up"):
            changing.change(
                placed.order.pk,
                Wanted(line_parts={sku: [Part(later, 7)]}),
                actor=owner,
                at=world.at,
            )
    laws.hold(world)


@given(st.integers(1, 500), st.integers(1, 12), st.integers(1, 24))
def test_a_line_is_split_evenly_in_whole_packs(packs: int, pack: int, n: int) -> None:
    days = [date(2026, 1, 1) + timedelta(days=k) for k in range(n)]
    parts = evenly(packs * pack, pack, days)
    counts = [part.quantity for part in parts]
    assert sum(counts) == packs * pack
    assert all(count % pack == 0 for count in counts)
    assert max(counts) - min(counts) <= pack or len(counts) < n
    assert [part.wanted_on for part in parts] == days[: len(parts)]


def test_a_recurring_order_comes_in_parts(world: World) -> None:
    with world.desk(world.dealer) as owner:
        found = lists.make(
            actor=owner, seller=world.chain.seller, name="weekly",
            quantities={world.chain.skus["M1"]: 100}, at=world.at,
        )  # fmt: skip
        plan = {
            "actor": owner, "pay_by": "TERMS", "every": 1, "unit": "WEEK", "last_on": None,
            "first_on": today(world), "wished_after": 2, "parts_apart": 3, "at": world.at,
        }  # fmt: skip
        with pytest.raises(Invalid, match="2 to 24 parts"):
            lists.recur(found.pk, **plan)  # type: ignore[arg-type]
        lists.recur(found.pk, parts=3, **plan)  # type: ignore[arg-type]
    with world.worker():
        assert recurring.place_due(at=world.at) == 1
        line = OrderLine.objects.get(order__remark="weekly")
    days = [today(world) + timedelta(days=n) for n in (2, 5, 8)]
    assert read(line.parts) == tuple(map(Part, days, (34, 33, 33)))


def test_a_changed_order_keeps_its_parts_or_takes_one_day(world: World) -> None:
    placed = split(world)
    sku, soon = world.chain.skus["M1"], today(world)
    later = soon + timedelta(days=9)
    with world.desk(world.dealer) as owner:
        changing.change(placed.order.pk, Wanted({sku: 120}), actor=owner, at=world.at)
    assert read(line_of(world, placed.order).parts) == (Part(soon, 40), Part(later, 80))
    with world.desk(world.dealer) as owner:
        changing.change(placed.order.pk, Wanted({sku: 30}), actor=owner, at=world.at)
    line = line_of(world, placed.order)
    assert (line.parts, line.wanted_on) == (None, soon)
    placed = split(world)
    with world.desk(world.dealer) as owner:
        wanted = Wanted({sku: 100}, {sku: later})
        changing.change(placed.order.pk, wanted, actor=owner, at=world.at)
    line = line_of(world, placed.order)
    assert (line.parts, line.wanted_on) == (None, later)
    laws.hold(world)
