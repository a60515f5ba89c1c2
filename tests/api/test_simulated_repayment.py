"""A repayment tried over the API, and then made."""

from __future__ import annotations

from tests.api.hands import Hands
from tests.api.test_pledged_order import place_financed, receive


def test_what_was_said_is_what_the_repayment_does(hands: Hands) -> None:
    made = place_financed(hands)
    receive(hands, made["order"])
    hands.world.later(days=10)
    loan = hands.dealer.items("/loans")[0]["number"]
    path = f"/loans/{loan}/simulate-repayment"
    all_of_it = hands.dealer.post(path, {"percent": "100"})
    assert (all_of_it["settles"], all_of_it["principal_left"]) == (True, 0)
    assert {one["quantity"] for one in all_of_it["frees"]} == {200, 100}
    assert all_of_it["saved"] > all_of_it["cost_of_a_day"] > 0 == all_of_it["cost_of_a_day_after"]

    mugs = next(one for one in all_of_it["frees"] if one["sku"]["code"] == "M1")
    said = hands.dealer.post(path, {"goods": [{"sku": mugs["sku"]["id"], "quantity": 50}]})
    assert next(one for one in said["frees"] if one["sku"] == mugs["sku"])["quantity"] == 50
    assert hands.dealer.post(path, {"amount": said["amount"]}) == said
    assert hands.lender.post(path, {"amount": said["amount"]}) == said

    hands.dealer.post(f"{made['deal']}/repay", {"amount": said["amount"]}, expect=202)
    hands.bank()
    paid = hands.dealer.get(f"/loans/{loan}")
    kinds = ("fee", "penalty", "interest", "principal", "unapplied")
    assert {kind: paid["repayments"][0][kind] for kind in kinds} == {k: said[k] for k in kinds}
    assert paid["principal_left"] == said["principal_left"]
    freed = hands.dealer.items("/releases", status="RELEASED", deal=made["key"])[0]
    assert freed["quantity"] == sum(one["quantity"] for one in said["frees"])


def test_a_trial_names_one_thing_of_a_running_loan_of_ones_own(hands: Hands) -> None:
    made = place_financed(hands)
    receive(hands, made["order"])
    loan = hands.dealer.items("/loans")[0]["number"]
    path = f"/loans/{loan}/simulate-repayment"
    for wrong in ({}, {"amount": 1, "percent": "1"}):
        assert hands.dealer.post(path, wrong, expect=422)["code"] == "one-of-three"
    nothing = {"sku": made["key"], "quantity": 1}
    assert hands.dealer.post(path, {"goods": [nothing]}, expect=422)["code"] == "not-bound"
    hands.seller.post(path, {"amount": 1}, expect=404)
    hands.keeper.post(path, {"amount": 1}, expect=404)
