"""Where goods go: a house's book, what an order takes of it, who sees it afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import be
from tests.trade import life
from tests.trade.behalf import allow, in_name_of
from tests.trade.conftest import World
from tests.trade.test_order_words import agree, ruled, today

from heliu.commerce.lists import operations as lists
from heliu.commerce.lists.models import Run
from heliu.commerce.ordering.models import Order, OrderChange, OrderLine
from heliu.demo.chain import enrol
from heliu.kernel.access.door import acting_for
from heliu.kernel.addresses import imports, operations, queries
from heliu.kernel.addresses.models import Address, AddressImport
from heliu.kernel.addresses.policies import COLUMNS, MOST, Place
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.logistics.transport.models import Carriage, Shipment
from heliu.trade import changing, deliveries, place_order, purchases, recurring
from heliu.trade.change_terms import Wanted

__all__ = ["ruled"]

SHOP = Place(
    "Shop", "Li Na", "13800000001", "Wensan Road 1", region="Zhejiang Hangzhou", hours="9–18"
)
SITE = Place("Site", "Wang Wei", "13800000002", "Dock 4")


def keep(world: World, *places: Place) -> list[UUID]:
    with world.desk(world.dealer) as owner:
        return [operations.add(one, actor=owner, at=world.at).pk for one in places]


def place(world: World, **said: object) -> Order:
    with world.desk(world.dealer) as owner:
        return place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=10),
            pay_by=said.pop("pay_by", "TRANSFER"), at=world.at, **said,
        ).order  # type: ignore[arg-type]  # fmt: skip


def frozen(world: World, order: UUID) -> Place | None:
    with world.worker():
        return Place.kept(Order.objects.get(pk=order).ship_to)


def test_an_order_takes_the_chosen_address_else_the_default_and_keeps_it(world: World) -> None:
    assert frozen(world, place(world).pk) is None
    shop, site = keep(world, SHOP, SITE)
    by_default, chosen = place(world), place(world, address=site)
    assert frozen(world, by_default.pk) == SHOP
    assert frozen(world, chosen.pk) == SITE
    with world.desk(world.dealer) as owner:
        assert Place.kept(by_default.ship_to) == SHOP  # what is read later is what was written
        moved = Place("Shop", "Zhao", "1", "Elsewhere")
        operations.change(shop, moved, actor=owner, at=world.at)
        operations.make_default(site, actor=owner)
        operations.end(shop, actor=owner, at=world.at)
    assert frozen(world, by_default.pk) == SHOP
    assert frozen(world, place(world).pk) == SITE
    with pytest.raises(Refused, match="not in your book"):
        place(world, address=shop)
    with world.desk(world.dealer) as owner:
        operations.end(site, actor=owner, at=world.at)
        assert [one.name for one in queries.book(owner)] == ["Shop", "Site"]
    assert frozen(world, place(world).pk) is None


def test_another_houses_address_is_no_address(world: World) -> None:
    with world.desk("owner@d002.demo") as other:
        theirs = operations.add(SHOP, actor=other, at=world.at).pk
    with pytest.raises(Refused, match="not in your book"):
        place(world, address=theirs)
    with world.desk(world.dealer) as owner:
        assert not queries.visible_to(owner).exists()
        with pytest.raises(NotFound):
            operations.end(theirs, actor=owner, at=world.at)


def test_a_placed_order_goes_elsewhere_until_something_has_left(world: World) -> None:
    shop, site = keep(world, SHOP, SITE)
    order = place(world, pay_by="TERMS").pk

    def change(to: UUID) -> OrderChange:
        with world.desk(world.dealer) as owner:
            return changing.change(order, Wanted(address=to), actor=owner, at=world.at)

    assert change(site).status == "MADE"
    assert frozen(world, order) == SITE
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(order, actor=seller, at=world.at)
    assert change(shop).status == "SELLER"  # it is confirmed: the seller packs for it
    assert frozen(world, order) == SITE
    with world.desk("sales@seller.demo") as seller:
        changing.answer(order, agrees=True, actor=seller, at=world.at)
    assert frozen(world, order) == SHOP
    with world.desk("owner@d002.demo") as stranger:
        other = operations.add(SHOP, actor=stranger, at=world.at).pk
    with pytest.raises(Refused) as refused:
        change(other)
    assert refused.value.code == "address-gone"
    with world.desk("sales@seller.demo") as seller:
        line = OrderLine.objects.get(order=order)
        deliveries.ship(order, actor=seller, carrier="Shunda", lines={line.pk: 4}, at=world.at)
    with pytest.raises(Refused) as refused:
        change(site)
    assert refused.value.code == "order-has-left"
    with world.worker(), pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order).update(ship_to=None)


def test_financed_goods_go_to_their_keeper_whatever_the_book_says(world: World) -> None:
    (shop,) = keep(world, SHOP)
    placed = life.place(world)
    assert frozen(world, placed.order.pk) is None
    with pytest.raises(Invalid, match="supervised warehouse"):
        place(world, pay_by="FINANCE", address=shop)
    with world.worker(), pytest.raises(Exception, match="order_pledged_goes_to_its_keeper"):
        Order.objects.filter(pk=placed.order.pk).update(ship_to={"name": "x"})


def test_a_request_and_a_plan_take_it_along(ruled: World) -> None:
    world = ruled
    _shop, site = keep(world, SHOP, SITE)
    with world.desk(world.dealer) as owner:
        asked = purchases.ask(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=10), pay_by="TRANSFER",
            reason="low", address=site, at=world.at,
        )  # fmt: skip
        listed = lists.make(
            actor=owner, seller=world.chain.seller, name="Shelf",
            quantities=dict(world.lines(M1=10)), at=world.at,
        )  # fmt: skip
        plan = {"pay_by": "TERMS", "every": 1, "unit": "WEEK", "last_on": None, "at": world.at}
        lists.recur(listed.pk, actor=owner, first_on=today(world), address=site, **plan)
    agree(world)
    assert frozen(world, asked.pk) == SITE
    with world.worker():
        recurring.place_due(at=world.at)
        (run,) = Run.objects.all()
    agree(world)
    with world.worker():
        again = Order.objects.exclude(pk=asked.pk).exclude(number__startswith="OLD").get()
    assert frozen(world, again.pk) == SITE
    with world.desk(world.dealer) as owner:
        operations.end(site, actor=owner, at=world.at)
        with pytest.raises(Refused, match="not in your book"):
            lists.recur(
                listed.pk, actor=owner, first_on=today(world) + timedelta(days=1), address=site,
                **plan,
            )  # fmt: skip
    assert run.status == "ASKED"


def test_whoever_orders_in_the_customers_name_chooses_and_changes_nothing(world: World) -> None:
    _shop, site = keep(world, SHOP, SITE)
    allow(world)
    with in_name_of(world) as seat:
        assert [one.name for one in queries.live(seat.own_org)] == ["Shop", "Site"]
        order = place_order.place(
            actor=seat, seller=world.chain.seller, lines=world.lines(M1=10), pay_by="TRANSFER",
            address=site, at=world.at,
        ).order  # fmt: skip
        with pytest.raises(Forbidden):
            operations.end(site, actor=seat, at=world.at)
        assert Address.objects.filter(pk=site).update(street="mine") == 0
    assert frozen(world, order.pk) == SITE


def test_seller_shipment_and_carrier_see_it(world: World) -> None:
    keep(world, SHOP)
    placed = life.place(world, pay_by="TERMS", M1=10)
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(placed.order.pk, actor=seller, at=world.at)
        assert not queries.visible_to(seller).exists()
    shipment = life.ship(world, placed, by_carrier=True)
    with world.worker():
        assert Place.kept(Shipment.objects.get(pk=shipment.pk).ship_to) == SHOP
        assert Place.kept(Carriage.objects.get().waybill["to"]["ship_to"]) == SHOP


def test_only_who_manages_the_house_keeps_its_book(world: World) -> None:
    with world.desk("sales@seller.demo") as seller:
        operations.add(SHOP, actor=seller, at=world.at)  # any house has one
    with world.worker():
        enrol("buys@d001.demo", "Buys", world.chain.dealers["D001"], "purchaser")
    with world.desk("buys@d001.demo") as purchaser, pytest.raises(Forbidden):
        operations.add(SHOP, actor=purchaser, at=world.at)


def test_two_at_once_leave_one_default(world: World) -> None:
    be("heliu_web")
    actor, together = world.actor(world.dealer), Barrier(4, timeout=60)

    def add(n: int) -> None:
        together.wait()
        try:
            with acting_for(actor.orgs):
                one = Place(f"Shop {n}", "Li", "1", "Street")
                operations.add(one, actor=actor, at=world.at, is_default=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    with world.worker():
        assert Address.objects.count() == 4
        assert Address.objects.filter(is_default=True).count() == 1


@given(st.dictionaries(st.sampled_from([*MOST]), st.text(max_size=260)))
def test_whatever_is_typed_is_a_place_that_fits_or_is_refused_in_words(
    said: dict[str, str],
) -> None:
    try:
        made = Place.of(said)
    except Invalid as refused:
        refusal = refused
    else:
        assert all(len(getattr(made, name)) <= most for name, most in MOST.items())
        assert all([made.name, made.receiver, made.phone, made.street])
        return
    assert refusal.field in MOST
    assert refusal.text()


@pytest.fixture
def folder(settings, tmp_path) -> None:
    settings.DATA = tmp_path


def bring(world: World, *rows: str) -> AddressImport:
    with world.desk(world.dealer) as owner:
        made = imports.bring("\n".join(rows).encode(), actor=owner, name="s.csv", at=world.at)
    be("heliu_worker")
    while imports.read_on(world.at):
        pass
    with world.worker():
        return AddressImport.objects.get(pk=made.pk)


def test_a_sheet_changes_adds_and_keeps_bad_rows_with_their_reason(
    world: World, folder: None
) -> None:
    keep(world, SHOP)
    read_in = bring(
        world,
        "名称,收货人,电话,地址,默认",
        "Shop,Qian,139,New street 2,",
        "Depot,Sun,137,Gate 3,是",
        "Nowhere,Sun,,Gate 4,",
        "",
        f"{'n' * 61},Sun,137,Gate 5,",
    )
    assert (read_in.state, read_in.taken, read_in.bad) == ("READ", 2, 2)
    with world.desk(world.dealer) as owner:
        live = list(queries.live(owner.own_org))
        assert [(one.name, one.street, one.is_default) for one in live] == [
            ("Depot", "Gate 3", True), ("Shop", "New street 2", False),
        ]  # fmt: skip
        bad = {row.line: row.words for row in read_in.bad_rows.all()}
        assert set(bad) == {4, 6}
        assert "phone number" in bad[4]
        assert "60 signs" in bad[6]
        away = list(queries.rows(owner))
    assert away[0] == [*COLUMNS]
    assert [row[0] for row in away[1:]] == ["Depot", "Shop"]
    again = bring(world, *(",".join(row) for row in away))
    assert (again.taken, again.bad) == (2, 0)
    with world.desk("owner@d002.demo") as other, pytest.raises(NotFound):
        queries.imported(other, read_in.pk)


@pytest.mark.parametrize(
    ("head", "words"),
    [("name,receiver,phone", "street"), ("name,shoe", "shoe"), ("name,name", "twice")],
)
def test_a_sheet_of_other_columns_is_refused(world: World, head: str, words: str) -> None:
    with world.desk(world.dealer) as owner, pytest.raises(Invalid, match=words):
        imports.bring(head.encode(), actor=owner, name="s.csv", at=world.at)
