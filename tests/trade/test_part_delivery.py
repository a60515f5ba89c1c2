"""Orders that go in parts: several consignments, an invoice each, and what is struck."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.db.models import F, Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import cloned
from tests.examples import examples
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.test_open_account import SALES, credit_left, in_books, settle, stands

from heliu.capital.books.chart import Code
from heliu.capital.terms.models import Invoice
from heliu.commerce.ordering.models import Order, OrderLine
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending import queries as budgets
from heliu.demo.chain import Chain
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.posting.models import Hold
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock import queries as lying
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing import operations as warehousing
from heliu.logistics.warehousing.models import Bin, Warehouse
from heliu.trade import deliveries, place_order, side_exits, striking
from heliu.trade.models import Deal
from heliu.trade.placed import Placed

GOODS = ("M1", "M2", "B1")


def confirmed(world: World, pay_by: str, **quantities: int) -> Placed:
    placed = life.place(world, pay_by=pay_by, **quantities)
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.later(hours=1))
    return placed


def line(placed: Placed, code: str) -> int:
    found = OrderLine.objects.filter(order=placed.order.id, sku__code=code)
    return int(found.values_list("pk", flat=True)[0])


def send(world: World, placed: Placed, house: str = "", **quantities: int) -> Shipment:
    with world.desk(SALES) as seller:
        origin = Warehouse.objects.get(code=house).pk if house else None
        return deliveries.ship(
            placed.order.id, actor=seller, carrier="", house=origin, at=world.later(hours=1),
            lines={line(placed, code): n for code, n in quantities.items()},
        )  # fmt: skip


def strike(world: World, placed: Placed, email: str = SALES, **quantities: int) -> Order:
    with world.desk(email) as actor:
        return striking.strike(
            placed.order.id, lines={line(placed, code): n for code, n in quantities.items()},
            reason="no longer made", actor=actor, at=world.later(hours=1),
        )  # fmt: skip


def free(world: World) -> dict[str, int]:
    with world.worker():
        skus = {sku: code for code, sku in world.chain.skus.items()}
        seller = world.chain.seller
        left = lying.available(list(skus), owner=seller, warehouse=seller, at=world.at)
        return {skus[sku]: n for sku, n in left.items()}


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["send", "strike", "count"]), st.sampled_from(GOODS), st.integers(1, 9)
    ),
    max_size=9,
)


@settings(max_examples=examples(4), deadline=None)
@given(wanted=st.tuples(*[st.integers(1, 12)] * 3), events=EVENTS)
def test_invoices_and_what_is_struck_come_to_the_order_whatever_the_order_of_events(
    laid: tuple[str, Chain],
    django_db_blocker: pytest.FixtureRequest,
    wanted: tuple[int, int, int],
    events: list[tuple[str, str, int]],
) -> None:
    base, chain = laid
    with django_db_blocker.unblock(), cloned(base):
        _delivered_in_parts(World(chain), wanted, events)


def _delivered_in_parts(
    world: World, wanted: tuple[int, int, int], events: list[tuple[str, str, int]]
) -> None:
    room, there = credit_left(world), free(world)
    placed = confirmed(world, "TERMS", **dict(zip(GOODS, wanted, strict=True)))
    left = dict(zip(GOODS, wanted, strict=True))
    gone: Mapping[str, list[int]] = {code: [0, 0] for code in GOODS}  # sent, struck
    under_way: list[Shipment] = []

    def play(what: str, code: str, n: int) -> None:
        n = min(n, left.get(code, 0))
        if what == "count":
            if under_way:
                life.receive(world, under_way.pop(), who=world.dealer)
        elif n and (what == "send" or any(gone[c][0] for c in GOODS)):
            left[code] -= n
            gone[code][what == "strike"] += n
            if what == "send":
                under_way.append(send(world, placed, **{code: n}))
            else:
                strike(world, placed, **{code: n})

    for event in events:
        play(*event)
    with world.worker():
        lines = OrderLine.objects.filter(order=placed.order.id)
        prices = dict(lines.values_list("sku__code", "unit_price"))
        order = Order.objects.get(pk=placed.order.id)
        billed = Invoice.objects.filter(order_id=order.pk).aggregate(s=Sum("amount"))["s"] or 0
        open_ = sum(line.to_ship * line.unit_price for line in lines)
        struck = lines.aggregate(s=Sum(F("cancelled") * F("unit_price")))["s"]
        held = Hold.objects.filter(subject=order.pk, status="OPEN", amount__gt=0)
        assert sum(hold.amount - hold.posted for hold in held) == open_
    assert billed == sum(gone[code][0] * prices[code] for code in GOODS)
    assert struck == sum(gone[code][1] * prices[code] for code in GOODS)
    assert billed + struck + open_ == placed.order.total
    # Credit: what is owed and what may still be; goods: what is struck is there again.
    assert credit_left(world) == room - billed - open_
    assert free(world) == {code: there[code] - gone[code][0] - left[code] for code in GOODS}
    # To its end: the last part decides nothing of the sums.
    for code in GOODS:
        play("send", code, left[code])
    while under_way:
        play("count", "", 0)
    with world.worker():
        order = Order.objects.get(pk=placed.order.id)
        billed = Invoice.objects.filter(order_id=order.pk).aggregate(s=Sum("amount"))["s"]
        assert (order.status, billed + struck) == ("COMPLETED", order.total)
        assert Deal.objects.get(pk=placed.deal.id).outcome == "CLOSED"
        assert not Hold.objects.filter(subject=order.pk, status="OPEN").exists()
    settle(world, placed, billed, key=str(order.pk))
    assert credit_left(world) == room
    laws.hold(world)


def test_the_rest_is_struck_when_all_that_was_sent_is_counted(world: World) -> None:
    placed = confirmed(world, "TERMS", B1=10, M2=4)
    life.receive(world, send(world, placed, B1=10, M2=1), who=world.dealer)
    with world.worker():
        assert Order.objects.get(pk=placed.order.id).status == "PART_SHIPPED"
    strike(world, placed, M2=3)
    with world.worker():
        assert Order.objects.get(pk=placed.order.id).status == "COMPLETED"
        assert Deal.objects.get(pk=placed.deal.id).outcome == "CLOSED"
    assert stands(world, placed).owed == 10 * 2_000 + 1_500
    with world.desk(world.dealer):
        assert Notice.objects.filter(kind="lines-struck").count() == 1
    laws.hold(world)


def test_by_transfer_what_is_struck_is_owed_back_once_it_was_paid(world: World) -> None:
    placed = life.place(world, pay_by="TRANSFER", B1=10, M2=10)
    strike(world, placed, M2=4)  # nothing was paid yet
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.later(hours=1))
    assert in_books(world, placed, Code.PREPAYMENT)[Code.PREPAYMENT] == 10 * 2_000 + 6 * 1_500
    strike(world, placed, M2=1, B1=2)
    assert stands(world, placed, world.dealer).owed_back == 5_500
    settle(world, placed, 5_500)
    life.receive(world, life.ship(world, placed), who=world.dealer)
    codes = (Code.REFUND_PAYABLE, Code.PREPAYMENT, Code.CONTRACT_LIABILITY)
    assert in_books(world, placed, *codes) == {}  # nothing stands on them any more
    laws.hold(world)


def test_called_off_after_a_part_was_struck_each_gets_back_what_it_paid(world: World) -> None:
    placed = confirmed(world, "TRANSFER", B1=10)
    strike(world, placed, B1=3)
    with world.desk(SALES) as seller:
        side_exits.cancel(placed.order.id, actor=seller, reason="fire", at=world.later(hours=1))
    settle(world, placed, 6_000)
    codes = (Code.CONTRACT_LIABILITY, Code.REFUND_DUE, Code.CASH)
    assert in_books(world, placed, *codes) == {}
    laws.hold(world)


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_what_is_struck_is_free_in_the_budget_at_once(world: World, is_confirmed: bool) -> None:
    with world.desk(world.dealer) as owner:
        centre = spending.set_centre(code="C1", name="Shop", actor=owner).pk
        spending.set_budget(period="MONTH", amount=50_000, centre=centre, actor=owner, at=world.at)
        placed = place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(B1=10), pay_by="TERMS",
            cost_centre=centre, at=world.at,
        )  # fmt: skip
    if is_confirmed:
        with world.desk(SALES) as seller:
            place_order.confirm(placed.order.id, actor=seller, at=world.later(hours=1))
    strike(world, placed, B1=4)
    with world.desk(world.dealer) as owner:
        (use,) = budgets.uses(owner, on=day_of(world.at), at=world.at).values()
        assert use.left == 50_000 - 12_000
    if not is_confirmed:
        with world.desk(SALES) as seller:
            place_order.confirm(placed.order.id, actor=seller, at=world.later(hours=1))
    life.receive(world, life.ship(world, placed), who=world.dealer)
    with world.worker():
        assert budgets.check() == []
    laws.hold(world)


@pytest.mark.parametrize(
    ("quantities", "code"),
    [({"B1": 11}, "more-than-ordered"), ({"B1": 10}, "strike-all"), ({}, "no-lines")],
)
def test_no_more_is_struck_than_is_open_and_never_all(
    world: World, quantities: dict[str, int], code: str
) -> None:
    placed = confirmed(world, "TERMS", B1=10)
    with pytest.raises((Refused, Invalid)) as refused:
        strike(world, placed, **quantities)
    assert refused.value.code == code


def test_only_the_seller_strikes_and_nothing_of_a_financed_order(world: World) -> None:
    placed = confirmed(world, "TERMS", B1=10)
    with pytest.raises((Forbidden, NotFound)):
        strike(world, placed, world.dealer, B1=1)
    with pytest.raises(Refused) as refused:
        strike(world, life.place(world), M1=1)
    assert refused.value.code == "financed-whole"


def second_house(world: World, pieces: int) -> None:
    """Pieces of B1 in a second house of the seller."""
    with world.worker() as system:
        house = warehousing.set_up(
            actor=system, org=world.chain.seller, code="CD1", name="Chengdu", columns=2, rows=1
        )
        place = Bin.objects.filter(warehouse=house, is_dock=False, is_quarantine=False)[0]
        stock.supply(
            [stock.Supply(world.chain.skus["B1"], pieces, bin=place.pk)], owner=world.chain.seller,
            warehouse=world.chain.seller, key="second", subject=house.pk, at=world.at,
        )  # fmt: skip


def test_an_order_leaves_several_houses_each_with_its_own_goods(world: World) -> None:
    second_house(world, 6)
    assert free(world)["B1"] == 10_006  # one promise for all houses of the seller
    placed = confirmed(world, "TERMS", B1=16)
    with pytest.raises(stock.Short):
        send(world, placed, house="CD1", B1=7)
    one = send(world, placed, house="CD1", B1=6)
    two = send(world, placed, house="NB1", B1=10)
    with world.worker():
        assert {one.origin, two.origin} == set(
            Warehouse.objects.filter(org=world.chain.seller).values_list("pk", flat=True)
        )
        amounts = Invoice.objects.filter(order_id=placed.order.id).order_by("number")
        assert list(amounts.values_list("amount", flat=True)) == [12_000, 20_000]
    assert free(world)["B1"] == 10_006 - 16
    with pytest.raises(NotFound):
        send(world, confirmed(world, "TERMS", B1=1), house="JX1", B1=1)  # another's house
    laws.hold(world)
