"""Several lenders over REST: a list of offers, one picked by its id, and no second order."""

from __future__ import annotations

from django.db import transaction
from tests.api.hands import Hands, hand_of
from tests.conftest import be
from tests.trade.conftest import AT

from heliu.demo import chain as chains


def test_offers_are_listed_and_the_picked_one_is_placed_once(hands: Hands) -> None:
    be("heliu_worker")
    with transaction.atomic():
        second = chains.other_lender(hands.world.chain, at=AT)
    be("heliu_web")
    dealer = hands.dealer
    basket = {name: value for name, value in hands.order(M1=200).items() if name != "pay_by"}
    assert dealer.post("/own-money", {"rate": "0"}) == {"rate": "0.0000", "is_stated": False}
    seen = dealer.post("/orders/preview", {**basket, "days": 60})
    assert seen["offer"] == seen["offers"][0]
    assert {one["programme"] for one in seen["offers"]} == {
        str(second.pk), str(hands.world.chain.programme)
    }  # fmt: skip
    compared = seen["comparison"]
    assert (compared["days"], compared["options"][0]["pay_by"]) == (60, "TRANSFER")
    assert {one["terms"]["days"] for one in compared["options"] if one["terms"]} == {60}
    order = {**basket, "pay_by": "FINANCE", "programme": str(second.pk), "days": 60}
    placed = dealer.post("/orders", order, expect=201, key="one-order-of-two")
    assert dealer.post("/orders", order, expect=201, key="one-order-of-two") == placed
    assert len(dealer.items("/loans")) == 1
    assert dealer.get(f"/loans/{placed['loan_number']}")["lender"] == str(second.lender)
    gone = {**order, "programme": str(hands.world.chain.seller)}
    assert dealer.post("/orders", gone, expect=409)["code"] == "offer-gone"


def test_a_lender_caps_a_borrower_and_sees_its_use(hands: Hands) -> None:
    bank = hand_of(hands.world, "credit@bank.demo")
    dealer = str(hands.world.chain.dealers["D001"])
    placed = hands.dealer.post("/orders", hands.order(pay_by="FINANCE", M1=200), expect=201)
    held = hands.dealer.get(f"/loans/{placed['loan_number']}")["principal"]
    cap = {"kind": "cap_borrower", "party": dealer, "limit": held}
    set_ = bank.post("/caps", cap)
    assert (set_["used"], set_["held"], set_["free"]) == (0, held, 0)
    more = hands.dealer.post("/orders", hands.order(pay_by="FINANCE", M1=10), expect=409)
    assert more["code"] == "limit-short"
    below = bank.post("/caps", {**cap, "limit": held - 1})
    assert (below["held"], below["free"], below["over"]) == (held, 0, 1)
    bank.post(f"/caps/{set_['id']}/lift")
    assert bank.get("/caps") == []
