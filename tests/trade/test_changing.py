"""Orders changed after they were placed: by the buyer alone, with its house, with the seller."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.models import Order, OrderChange
from heliu.commerce.pricing import operations as prices
from heliu.commerce.pricing.models import Discount, Promotion
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending.models import Charge
from heliu.demo.chain import enrol
from heliu.kernel.access.door import acting_for
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Fact, Notice
from heliu.kernel.parties import operations as parties
from heliu.kernel.posting.models import Account, Hold
from heliu.trade import approvals, changing, deliveries, place_order, side_exits, striking
from heliu.trade.change_terms import Wanted
from heliu.trade.close_of_day import close_of_day
from heliu.trade.names import reservation_of, terms_hold_of

CHIEF, SALES, KEEPER = "chief@d001.demo", "sales@seller.demo", "gate@warehouse.demo"
CODES = ("M1", "M2", "B1")


def place(world: World, *, pay_by: str = "TERMS", **quantities: int) -> UUID:
    with world.desk(world.dealer) as owner:
        return place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(**quantities),
            pay_by=pay_by, at=world.at,
        ).order.pk  # fmt: skip


def change(
    world: World, order: UUID, *, by: str = "", reason: str = "", said: dict | None = None,
    **quantities: int,
) -> OrderChange:  # fmt: skip
    with world.desk(by or world.dealer) as owner:
        return changing.change(
            order, Wanted(dict(world.lines(**quantities)), **(said or {})), actor=owner,
            reason=reason, at=world.at,
        )  # fmt: skip


def answer(world: World, order: UUID, *, agrees: bool = True) -> OrderChange:
    with world.desk(SALES) as sales:
        return changing.answer(
            order, agrees=agrees, actor=sales, reason="" if agrees else "too late", at=world.at
        )


def confirm(world: World, order: UUID) -> None:
    with world.desk(SALES) as sales:
        place_order.confirm(order, actor=sales, at=world.at)


def cancel(world: World, order: UUID) -> None:
    with world.desk(world.dealer) as owner:
        side_exits.cancel(order, actor=owner, reason="test", at=world.at)


def stands(world: World, order: UUID) -> tuple[Order, dict[str, tuple[int, int]]]:
    with world.worker():
        found = Order.objects.get(pk=order)
        lines = found.lines.select_related("sku")
        return found, {line.sku.code: (line.quantity, line.unit_price) for line in lines}


def bound(world: World) -> dict[str, tuple[int, int, int]]:
    """What stands on every account that has a limit: posted, and held either way."""
    with world.worker():
        rows = Account.objects.filter(is_limited=True)
        return {
            key: (posted, out, into)
            for key, posted, out, into in rows.values_list("key", "posted", "held_out", "held_in")
        }


def budget(world: World, amount: int = 10**9) -> None:
    with world.desk(world.dealer) as owner:
        spending.set_budget(period="YEAR", amount=amount, actor=owner, at=world.at)


STEP = st.dictionaries(st.sampled_from(CODES), st.sampled_from([0, 1, 7, 60, 120]), min_size=1)


@settings(
    max_examples=examples(6),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    pay_by=st.sampled_from(["TERMS", "TRANSFER"]),
    steps=st.lists(STEP, min_size=1, max_size=5),
    confirmed_after=st.integers(0, 6),
)
def test_whatever_was_changed_binds_what_a_fresh_order_would(
    world: World, pay_by: str, steps: list[dict[str, int]], confirmed_after: int
) -> None:
    budget(world)
    start = bound(world)
    order = place(world, pay_by=pay_by, M1=20, M2=5)
    is_confirmed = False
    for n, step in enumerate(steps):
        if n == confirmed_after:
            confirm(world, order)
            is_confirmed = True
        before, was = bound(world), stands(world, order)[1]
        try:
            if change(world, order, **step).status == "SELLER":
                assert (bound(world), stands(world, order)[1]) == (before, was)
                answer(world, order)
        except Refused:
            assert (bound(world), stands(world, order)[1]) == (before, was)
    changed, lines = stands(world, order)
    assert changed.total == sum(quantity * price for quantity, price in lines.values())
    held = bound(world)
    laws.hold(world)
    cancel(world, order)
    assert bound(world) == start
    fresh = place(world, pay_by=pay_by, **{code: n for code, (n, _) in lines.items()})
    if is_confirmed:
        confirm(world, fresh)
    assert stands(world, fresh)[1] == lines
    assert bound(world) == held
    cancel(world, fresh)


def test_the_buyer_alone_changes_what_the_seller_has_not_confirmed(world: World) -> None:
    order = place(world, M1=20, M2=5)
    soon = day_of(world.at) + timedelta(days=3)
    made = change(
        world, order, M1=10, M2=0, B1=4,
        said={"wanted_on": soon, "external_id": "PO-9", "remark": "soon"},
    )  # fmt: skip
    assert (made.number, made.status) == (1, "MADE")
    found, lines = stands(world, order)
    assert set(lines) == {"M1", "B1"}
    assert (found.wanted_on, found.external_id, found.remark) == (soon, "PO-9", "soon")
    assert {line["code"]: line["quantity"] for line in made.before["lines"]} == {"M1": 20, "M2": 5}
    with world.worker():
        assert Fact.objects.filter(name="commerce.order-changed").count() == 1
        assert set(Notice.objects.filter(kind="order-changed").values_list("org", flat=True)) == {
            world.chain.seller
        }
    for email in (world.dealer, SALES):
        with world.desk(email) as actor:
            assert [one.number for one in orders.changes_of(actor, found)] == [1]
    laws.hold(world)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"M1": 20}, "nothing-changed"),
        ({"M1": 0, "M2": 0}, "no-lines-left"),
        ({"M1": -1}, "quantity-invalid"),
        ({"M1": 1_000_000}, "short"),
    ],
)
def test_what_is_no_change_is_refused(world: World, said: dict[str, int], code: str) -> None:
    order = place(world, M1=20, M2=5)
    with pytest.raises(Refused) as refused:
        change(world, order, **said)
    assert refused.value.code == code
    assert stands(world, order)[1].keys() == {"M1", "M2"}


def test_others_change_nothing(world: World) -> None:
    order = place(world, M1=20)
    with world.desk("owner@d002.demo") as other, pytest.raises(NotFound):
        changing.change(order, Wanted(dict(world.lines(M1=1))), actor=other, at=world.at)
    with world.desk(SALES) as sales, pytest.raises(Forbidden):
        changing.change(order, Wanted(dict(world.lines(M1=1))), actor=sales, at=world.at)


def test_one_own_number_is_used_once(world: World) -> None:
    one, two = place(world, M1=20), place(world, M1=20)
    change(world, one, said={"external_id": "PO-1"})
    with pytest.raises(Refused, match="PO-1 is there already"):
        change(world, two, said={"external_id": "PO-1"})


def test_a_confirmed_order_waits_for_the_seller_who_may_say_no(world: World) -> None:
    order = place(world, M1=20)
    confirm(world, order)
    assert change(world, order, said={"external_id": "PO-2"}).status == "MADE"  # no goods
    assert change(world, order, M1=15).status == "SELLER"
    with pytest.raises(Refused, match="waits for agreement"):
        change(world, order, M1=14)
    with world.desk(SALES) as sales, pytest.raises(Invalid):
        changing.answer(order, agrees=False, actor=sales, at=world.at)
    assert answer(world, order, agrees=False).status == "REFUSED"
    assert stands(world, order)[1]["M1"][0] == 20
    change(world, order, M1=15)
    with world.desk(world.dealer) as owner:
        assert changing.withdraw(order, actor=owner, at=world.at).status == "WITHDRAWN"
    change(world, order, M1=15)
    with world.worker():
        close_of_day(at=world.later(days=8))
        assert OrderChange.objects.get(number=4).status == "OVERTAKEN"
    with pytest.raises(Refused, match="No change of this order waits"):
        answer(world, order)


def test_paid_by_transfer_the_difference_is_booked_with_the_seller_s_yes(world: World) -> None:
    order = place(world, pay_by="TRANSFER", M1=20)
    confirm(world, order)
    for quantity in (30, 5):
        change(world, order, M1=quantity)
        answer(world, order)
        laws.hold(world)
    cancel(world, order)
    laws.hold(world)


def test_what_has_left_stays_and_the_rest_may_be_struck(world: World) -> None:
    order = place(world, M1=20, M2=5)
    confirm(world, order)
    found, _lines = stands(world, order)
    with world.desk(SALES) as sales:
        first = found.lines.get(sku=world.chain.skus["M1"]).pk
        shipment = deliveries.ship(order, actor=sales, carrier="C", lines={first: 12}, at=world.at)
    for quantity, code in ((11, "line-sent"), (21, "line-begun")):
        with pytest.raises(Refused) as refused:
            change(world, order, M1=quantity)
        assert refused.value.code == code
    change(world, order, M1=12, M2=0)
    answer(world, order)
    found, lines = stands(world, order)
    assert found.status == "SHIPPED"
    assert {code: quantity for code, (quantity, _) in lines.items()} == {"M1": 12}
    assert shipment.order_id == order
    laws.hold(world)
    with pytest.raises(Refused, match="cannot be changed any more"):
        change(world, order, B1=1)


def test_what_the_seller_struck_stays_struck(world: World) -> None:
    budget(world)
    order = place(world, M1=20, M2=10)
    found, _lines = stands(world, order)
    with world.desk(SALES) as sales:
        line = found.lines.get(sku=world.chain.skus["M1"]).pk
        striking.strike(order, lines={line: 4}, reason="sold out", actor=sales, at=world.at)
    change(world, order, M2=5)
    with world.worker():
        assert Hold.objects.get(pk=terms_hold_of(order)).amount == 16_000 + 7_500
        assert Hold.objects.get(pk=reservation_of(order, world.chain.skus["M1"])).amount == -16
        assert Charge.objects.get().amount == 16_000 + 7_500
    for quantity, code in ((21, "line-begun"), (3, "line-sent")):
        with pytest.raises(Refused) as refused:
            change(world, order, M1=quantity)
        assert refused.value.code == code
    confirm(world, order)
    change(world, order, M2=6)
    answer(world, order)
    laws.hold(world)
    cancel(world, order)
    laws.hold(world)


def test_a_financed_order_keeps_its_goods_and_takes_words(world: World) -> None:
    placed = life.place(world)
    with pytest.raises(Refused, match="A bank finances"):
        change(world, placed.order.pk, M1=1)
    assert change(world, placed.order.pk, said={"remark": "ring twice"}).status == "MADE"
    laws.hold(world)


@pytest.fixture
def ruled(world: World) -> World:
    """In the first dealer's house the other owner must agree from CNY 250 on."""
    with world.worker():
        enrol(CHIEF, "Chief", world.chain.dealers["D001"], "owner")
    with world.desk(world.dealer) as owner:
        spending.set_rule(levels=[Level("manage")], from_amount=25_000, actor=owner, at=world.at)
    return world


def vote(world: World, *, agrees: bool) -> None:
    with world.desk(CHIEF) as chief:
        asked = Approval.objects.get(act="order-change", status="WAITING")
        approvals.vote(
            asked.pk, agrees=agrees, actor=chief, reason="" if agrees else "no", at=world.at
        )


def test_what_rises_is_asked_of_the_house_first_and_the_seller_hears_nothing(ruled: World) -> None:
    world = ruled
    order = place(world, M1=20)
    with pytest.raises(Invalid, match="A reason is needed"):
        change(world, order, M1=40)
    assert change(world, order, M1=40, reason="more guests").status == "HOUSE"
    with world.desk(SALES) as sales:
        found = orders.get(sales, order)
        assert orders.changes_of(sales, found) == []
        assert not OrderChange.objects.exists()  # nor by the rows themselves
        assert not Notice.objects.filter(kind__startswith="change").exists()
    vote(world, agrees=False)
    assert stands(world, order)[1]["M1"][0] == 20
    change(world, order, M1=40, reason="more guests")
    confirm(world, order)
    vote(world, agrees=True)
    assert stands(world, order)[1]["M1"][0] == 20  # confirmed meanwhile: the seller is asked
    answer(world, order)
    assert stands(world, order)[1]["M1"][0] == 40
    change(world, order, M1=39)  # what falls asks nobody of the house
    answer(world, order)
    laws.hold(world)


def test_goods_for_others_of_the_same_worth_are_asked_about_too(ruled: World) -> None:
    """An agreement is about what was shown: swapped below the total it is asked anew."""
    world = ruled
    order = place(world, M1=20)
    assert change(world, order, M1=40, reason="r").status == "HOUSE"
    vote(world, agrees=True)
    with world.worker():
        told = Notice.objects.filter(kind="order-changed").values_list("org", flat=True)
        assert set(told) == {world.chain.seller, world.chain.dealers["D001"]}
    assert change(world, order, M1=1, M2=25, reason="r").status == "HOUSE"
    with world.desk(world.dealer) as owner:
        asked = Approval.objects.get(act="order-change", status="WAITING")
        approvals.withdraw(asked.pk, actor=owner, at=world.at)
    assert stands(world, order)[1].keys() == {"M1"}


def test_a_budget_that_does_not_reach_is_not_told_to_the_seller(world: World) -> None:
    """Nor is one that the house set while the change waited for the seller."""
    order = place(world, M1=20)
    confirm(world, order)
    change(world, order, M1=40)
    budget(world, 1)
    assert place_small(world) == "budget-short"
    with pytest.raises(Refused) as refused:
        answer(world, order)
    assert refused.value.code == "buyer-not-able"
    with world.worker():
        assert not Charge.objects.filter(order_id=order).exists()


def place_small(world: World) -> str:
    with pytest.raises(Refused) as refused:
        place(world, M1=10)
    return refused.value.code


def test_the_buyer_s_budget_refuses_in_other_words_at_the_seller_s(world: World) -> None:
    budget(world, 30_000)
    order = place(world, M1=20)
    confirm(world, order)
    change(world, order, M1=40)
    with pytest.raises(Refused) as refused:
        answer(world, order)
    assert refused.value.code == "buyer-not-able"
    with pytest.raises(Refused, match="budget"):
        place(world, M1=40)
    laws.hold(world)


def test_the_least_worth_of_an_order_holds_for_a_changed_one(world: World) -> None:
    order = place(world, M1=20)
    with world.desk(SALES) as sales:
        parties.set_least_order(15_000, actor=sales)
    with pytest.raises(Refused) as refused:
        change(world, order, M1=10)
    assert refused.value.code == "below-least-order"
    change(world, order, said={"remark": "x"})


def test_a_line_that_shrinks_below_its_tier_loses_its_price_and_gaming_does_not_pay(
    world: World,
) -> None:
    order = place(world, M1=120)  # the tier of a hundred
    assert stands(world, order)[1]["M1"] == (120, 900)
    change(world, order, M1=100)
    assert stands(world, order)[1]["M1"] == (100, 900)
    change(world, order, M1=99)
    assert stands(world, order)[1]["M1"] == (99, 1000)


def test_promotions_follow_the_order_and_their_budget_too(world: World) -> None:
    with world.desk(SALES) as sales:
        prices.announce(
            prices.NewPromotion(
                code="OFF", name="Ten off", effect="PERCENT", percent=Decimal(10), budget=1_000_000,
                starts_at=world.at - timedelta(days=1), ends_at=world.at + timedelta(days=9),
            ),
            actor=sales, seller=world.chain.seller, at=world.at,
        )  # fmt: skip
    order = place(world, M1=20, M2=10)

    def spent() -> tuple[int, list[tuple[int, int]]]:
        with world.worker():
            rows = Discount.objects.filter(order_id=order).order_by("amount")
            return Promotion.objects.get().spent, list(rows.values_list("quantity", "amount"))

    assert spent() == (3_500, [(10, 1_500), (20, 2_000)])
    change(world, order, M1=10, M2=0, B1=1)
    assert spent() == (1_200, [(1, 200), (10, 1_000)])


def test_two_changes_at_once_are_one_after_the_other(world: World) -> None:
    order = place(world, M1=20)
    gate = Barrier(2, timeout=60)
    with world.desk(world.dealer) as owner:
        pass  # who connects as whom is one for all threads

    def one(quantity: int) -> str:
        try:
            with acting_for(owner.orgs):
                gate.wait()
                changing.change(
                    order, Wanted(dict(world.lines(M1=quantity))), actor=owner, seen=0, at=world.at
                )
            return "made"
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, (7, 9)))
    assert said == ["made", "order-moved"]
    laws.hold(world)


def test_a_cancelled_order_takes_its_change_with_it(world: World) -> None:
    order = place(world, M1=20)
    confirm(world, order)
    change(world, order, M1=5)
    cancel(world, order)
    with world.worker():
        assert OrderChange.objects.get().status == "OVERTAKEN"


def test_a_line_that_is_taken_out_is_kept_and_its_place_is_nobody_elses(world: World) -> None:
    placed, skus = place(world, M1=10, M2=5), world.chain.skus
    with world.desk(world.dealer) as owner:
        order = orders.get(owner, placed)
        (kept,) = [line for line in order.lines.all() if line.position == 2]
        changing.change(order.pk, Wanted({skus["M2"]: 0}), actor=owner, at=world.at)
        changing.change(order.pk, Wanted({skus["B1"]: 2}), actor=owner, at=world.at)
        (gone,) = orders.gone_lines(owner, order)
        assert (gone.pk, gone.position, gone.sku.code, gone.quantity) == (kept.pk, 2, "M2", 5)
        found = {line.position: line.sku.code for line in orders.get(owner, order.pk).lines.all()}
        assert found == {1: "M1", 3: "B1"}
    with world.desk("sales@seller.demo") as seller:
        assert orders.gone_lines(seller, order).count() == 1
    with world.desk("owner@d002.demo") as other:
        assert orders.gone_lines(other, order).count() == 0
    laws.hold(world)
