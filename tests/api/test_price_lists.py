"""Prices are made over REST as on the seller's pages, and hold at every door."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.api.hands import Hands

from heliu.kernel.clock import day_of


def price(hands: Hands, code: str = "M2", quantity: int = 1) -> int | None:
    sku = str(hands.world.chain.skus[code])
    rows = hands.dealer.get("/prices", seller=hands.seller_id, sku=sku, quantity=quantity)["items"]
    return rows[0]["price"] and rows[0]["price"]["unit_price"]


def test_a_list_its_versions_and_whom_it_is_for(hands: Hands) -> None:
    seller, sku = hands.seller, str(hands.world.chain.skus["M2"])
    dealer = str(hands.world.chain.dealers["D001"])
    made = seller.post(
        "/price-lists", {"code": "VIP", "name": "Friends", "priority": 5}, expect=201
    )
    path = f"/price-lists/{made['id']}"
    prices = [
        {"sku": sku, "unit_price": 1400},
        {"sku": sku, "quantity_from": 10, "unit_price": 1300},
    ]
    assert seller.send("put", f"{path}/prices", {"prices": prices}) == {"prices": 2}
    assert price(hands) == 1500
    assert seller.post(f"{path}/buyers", {"buyer": dealer})["buyers"] == [dealer]
    assert (price(hands), price(hands, quantity=10)) == (1400, 1300)
    version = seller.post(f"{path}/versions", {"factor": "0.5"}, expect=201)
    assert price(hands) == 1400
    rows = seller.items(f"/price-lists/{version['id']}/prices")
    assert [one["unit_price"] for one in rows] == [700, 650]
    when = f"/price-versions/{version['id']}/schedule"
    assert seller.send("put", when, {"live_from": "2000-01-01T00:00:00Z"}, expect=422)["code"]
    said = seller.send("put", when, {"live_from": "2100-01-01T00:00:00Z"})
    assert said["live_from"].startswith("2100")
    assert seller.send("put", when, {"live_from": None})["live_from"] is None
    half = {"code": "HALF", "name": "Half", "base": made["id"], "factor": "0.5"}
    computed = seller.post("/price-lists", half, expect=201)
    assert (computed["base"], computed["factor"]) == (made["id"], "0.5")
    assert {one["code"] for one in seller.items("/price-lists")} >= {"STD", "VIP", "HALF"}


def test_a_list_in_another_currency(hands: Hands) -> None:
    wanted = {"code": "USD", "name": "Abroad", "currency": "USD"}
    made = hands.seller.post("/price-lists", wanted, expect=201)
    assert made["currency"] == "USD"
    half = {"code": "HALF", "name": "Half", "base": made["id"], "factor": "0.5"}
    assert hands.seller.post("/price-lists", half, expect=201)["currency"] == "USD"
    said = hands.seller.post("/price-lists", {**half, "code": "X", "currency": "EUR"}, expect=422)
    assert (said["code"], said["field"]) == ("currency-other", "currency")
    said = hands.seller.post(
        f"/price-lists/{made['id']}/buyers",
        {"buyer": str(hands.world.chain.dealers["D001"])}, expect=409,
    )  # fmt: skip
    assert said["code"] == "currency-not-theirs"
    shells = {"code": "Y", "name": "Y", "currency": "XYZ"}
    assert hands.seller.post("/price-lists", shells, expect=422)["field"] == "currency"


def test_a_promotion_over_rest(hands: Hands) -> None:
    at, sku = hands.world.at, str(hands.world.chain.skus["M2"])
    wanted = {
        "code": "MAY", "name": "May", "effect": "PERCENT", "percent": "10", "goods": [sku],
        "starts_at": at.isoformat(), "ends_at": (at + timedelta(days=2)).isoformat(),
    }  # fmt: skip
    made = hands.seller.post("/promotions", wanted, expect=201)
    assert price(hands) == 1350
    assert hands.seller.post("/promotions", wanted, expect=409)["code"] == "code-taken"
    assert hands.seller.post(f"/promotions/{made['id']}/stop")["stopped_at"]
    assert price(hands) == 1500


def test_a_contract_is_agreed_and_changed_by_both(hands: Hands) -> None:
    seller, dealer, day = hands.seller, hands.dealer, day_of(hands.world.at)
    sku, buyer = str(hands.world.chain.skus["M2"]), str(hands.world.chain.dealers["D001"])

    def asked(amount: int, on: date) -> Any:
        body = {"live_on": on.isoformat(), "prices": [{"sku": sku, "unit_price": amount}]}
        return seller.post(f"{path}/prices", body)

    offer = {
        "buyer": buyer, "code": "CT-1", "name": "Mugs", "valid_from": day.isoformat(),
        "valid_to": (day + timedelta(days=9)).isoformat(), "committed": 500000,
        "prices": [{"sku": sku, "unit_price": 1200}],
    }  # fmt: skip
    made = seller.post("/contracts", offer, expect=201)
    path = f"/contracts/{made['id']}"
    assert (made["state"], price(hands)) == ("OFFERED", 1500)
    seller.post(f"{path}/decision", {"agrees": True}, expect=404)
    assert dealer.get(path)["steps"][0]["unit_price"] == 1200
    assert dealer.post(f"{path}/decision", {"agrees": True})["state"] == "AGREED"
    assert price(hands) == 1200
    lists = {one["code"]: one for one in seller.items("/price-lists")}
    assert lists["CT-1"]["contract"] == made["id"]
    body = {"prices": [{"sku": sku, "unit_price": 1}]}
    refused = seller.send("put", f"/price-lists/{lists['CT-1']['id']}/prices", body, expect=409)
    assert refused["code"] == "contract-agreed"
    assert asked(1100, day)["change"] is None
    assert price(hands) == 1100
    morrow = day + timedelta(days=1)
    assert asked(1050, morrow)["change"] is None
    change = asked(1300, morrow)["change"]
    assert price(hands) == 1100
    assert dealer.get(path)["steps"][0]["asked_price"] == 1300
    hands.other.post(f"/contract-changes/{change['id']}/answer", {"agrees": True}, expect=404)
    dealer.post(f"/contract-changes/{change['id']}/answer", {"agrees": True})
    assert price(hands) == 1100
    asked_for = {
        "seller": hands.seller_id,
        "sku": sku,
        "on": (morrow + timedelta(days=1)).isoformat(),
    }
    assert dealer.get("/prices", **asked_for)["items"][0]["price"]["unit_price"] == 1300
    assert dealer.items("/contracts")[0]["committed"] == 500000
