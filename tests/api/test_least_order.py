"""What a seller wants of one order holds by every door, of all buyers and of one."""

from __future__ import annotations

import pytest
from tests.api.hands import Hands
from tests.api.test_spending_doors import DOORS, mugs, orders
from tests.trade.conftest import World

from heliu.commerce.ordering.rows import PadRow
from heliu.kernel.errors import Forbidden, NotFound
from heliu.kernel.ids import new_id
from heliu.kernel.parties import operations as parties
from heliu.trade import order_pad, previewing

SALES = "sales@seller.demo"


def want(world: World, amount: int | None, **of: object) -> None:
    with world.desk(SALES) as sales:
        parties.set_least_order(amount, actor=sales, **of)  # type: ignore[arg-type]


@pytest.mark.parametrize("door", DOORS)
def test_no_door_takes_an_order_of_less_and_every_door_one_of_as_much(
    hands: Hands, door: str
) -> None:
    want(hands.world, 10_001)
    before = orders(hands)
    said = DOORS[door](hands)  # ten mugs for CNY 100
    assert said == "below-least-order" or (door == "page" and "100.01" in said)
    assert orders(hands) == before
    want(hands.world, 10_000)
    assert DOORS[door](hands) == ""


def test_one_buyer_has_its_own_and_goes_back_to_that_of_all(hands: Hands) -> None:
    world = hands.world
    dealer = world.chain.dealers["D001"]
    want(world, 20_000)
    want(world, 0, buyer=dealer)
    hands.dealer.post("/orders", mugs(hands), expect=201)
    want(world, 30_000)  # of the others
    hands.dealer.post("/orders", mugs(hands), expect=201)
    want(world, None, buyer=dealer)
    assert hands.dealer.post("/orders", mugs(hands), expect=422)["code"] == "below-least-order"
    with pytest.raises(NotFound):
        want(world, 5, buyer=new_id())
    with world.desk(world.dealer) as owner, pytest.raises(Forbidden):
        parties.set_least_order(0, actor=owner)


def test_whoever_begins_to_trade_meets_it(hands: Hands) -> None:
    world = hands.world
    want(world, 7_700)
    with world.worker() as system:
        org = parties.register(actor=system, code="late", roles=("DEALER",), name="Late")
        link = parties.relate(
            actor=system, buyer=org.pk, seller=world.chain.seller, since=world.at.date()
        )
        assert link.least_order == 7_700


def test_pad_and_preview_tell_how_much_is_missing(hands: Hands) -> None:
    world = hands.world
    want(world, 15_000)
    with world.desk(world.dealer) as owner:
        checked = order_pad.check(owner, world.chain.seller, [PadRow("M1", "10")], world.at)
        assert (checked.least, checked.missing) == (15_000, 5_000)
        assert order_pad.check(owner, world.chain.seller, [], world.at).missing == 0
        seen = previewing.preview(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=16), at=world.at
        )
        assert (seen.least, seen.missing) == (15_000, 0)
    pad = hands.dealer.post(
        "/order-pad/check", {"seller": hands.seller_id, "rows": [{"code": "M1", "quantity": "10"}]}
    )
    assert pad["missing"] == 5_000


def test_the_seller_sets_it_by_program(hands: Hands) -> None:
    dealer = str(hands.world.chain.dealers["D001"])
    rest = {"buyer": dealer, "may_wait": True, "wait_is_own": False}
    assert hands.seller.get("/order-rules") == {"least_order": 0}
    hands.seller.send("put", "/order-rules", {"least_order": 900})
    said = hands.seller.send("put", f"/order-rules/buyers/{dealer}", {"least_order": 500})
    assert said == rest | {"least_order": 500, "is_own": True}
    assert hands.seller.items("/order-rules/buyers") == [said]
    said = hands.seller.send("put", f"/order-rules/buyers/{dealer}", {"least_order": None})
    assert said == rest | {"least_order": 900, "is_own": False}
    hands.dealer.send("put", "/order-rules", {"least_order": 1}, expect=403)


def test_the_seller_sets_packs_and_no_other_quantity_has_a_price(hands: Hands) -> None:
    world = hands.world
    sku = world.chain.skus["M1"]
    rule = {"order_minimum": 12, "order_multiple": 6}
    said = hands.seller.send("put", f"/order-rules/goods/{sku}", rule)
    assert said["sku"]["code"] == "M1"
    assert [one["order_multiple"] for one in hands.seller.items("/order-rules/goods")] == [6]
    assert DOORS["lane"](hands) == "price-missing"
    assert hands.dealer.post("/orders", mugs(hands), expect=422)["code"] == "below-minimum"
    hands.dealer.send("put", f"/order-rules/goods/{sku}", rule, expect=403)
    hands.seller.send("put", f"/order-rules/goods/{sku}", rule | {"order_minimum": 0}, expect=422)
