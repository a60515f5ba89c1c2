"""Changing an order over REST, once per key, and what each side is shown of it."""

from __future__ import annotations

from typing import Any

from tests.api.hands import Hands
from tests.api.test_doors import Street


def placed(hands: Hands, **quantities: int) -> str:
    answer = hands.dealer.post("/orders", hands.order(**quantities), expect=201)
    return str(answer["order"]["number"])


def changed(hands: Hands, number: str, *, expect: int = 201, key: str = "", **said: Any) -> Any:
    return hands.dealer.post(f"/orders/{number}/changes", said, expect=expect, key=key)


def line(code: str, quantity: int, **more: object) -> dict[str, object]:
    return {"code": code, "quantity": quantity, **more}


def test_it_is_shown_before_and_made_once_per_key(hands: Hands) -> None:
    number = placed(hands, M1=20, M2=5)
    body = {"lines": [line("M1", 10), line("M2", 0), line("B1", 2)], "external_id": "PO-5"}
    seen = hands.dealer.post(f"/orders/{number}/changes/preview", body)
    assert (seen["before"]["total"], seen["after"]["total"]) == (27_500, 14_000)
    assert (seen["rises"], seen["asks_seller"]) == (True, False)
    assert hands.dealer.get(f"/orders/{number}")["total"] == 27_500
    made = changed(hands, number, key="change-01", **body)
    assert changed(hands, number, key="change-01", **body) == made
    assert hands.dealer.said["Idempotent-Replayed"] == "true"
    changed(hands, number, key="change-01", lines=[line("M1", 9)], expect=422)
    assert (made["number"], made["status"], made["after"]["external_id"]) == (1, "MADE", "PO-5")
    order = hands.seller.get(f"/orders/{number}")
    assert (order["total"], order["external_id"]) == (14_000, "PO-5")
    assert [one["sku"]["code"] for one in order["lines"]] == ["M1", "B1"]
    assert [one["number"] for one in hands.seller.get(f"/orders/{number}/changes")] == [1]
    hands.other.get(f"/orders/{number}/changes", expect=404)


def test_days_are_read_as_days_and_stay_where_they_are_left_out(hands: Hands) -> None:
    number = placed(hands, M1=20)
    day = "2027-01-04"
    changed(hands, number, wanted_on=day, lines=[line("M1", 20, wanted_on="2027-01-09")])
    order = hands.dealer.get(f"/orders/{number}")
    assert (order["wanted_on"], order["lines"][0]["wanted_on"]) == (day, "2027-01-09")
    changed(hands, number, lines=[line("M1", 21)])
    order = hands.dealer.get(f"/orders/{number}")
    assert (order["wanted_on"], order["lines"][0]["wanted_on"]) == (day, "2027-01-09")
    changed(hands, number, wanted_on=None)
    assert hands.dealer.get(f"/orders/{number}")["wanted_on"] is None
    said = changed(hands, number, wanted_on="2020-01-01", expect=422)
    assert said["code"] == "wished-day-invalid"


def test_the_seller_agrees_or_says_no(hands: Hands) -> None:
    number = placed(hands, M1=20)
    hands.seller.post(f"/orders/{number}/confirm")
    assert changed(hands, number, lines=[line("M1", 15)])["status"] == "SELLER"
    assert changed(hands, number, lines=[line("M1", 14)], expect=409)["code"] == "change-waits"
    answer = f"/orders/{number}/changes/answer"
    hands.dealer.post(answer, {"agrees": True}, expect=403)
    said = hands.seller.post(answer, {"agrees": False, "reason": "packed"})
    assert (said["status"], said["said"]) == ("REFUSED", "packed")
    changed(hands, number, lines=[line("M1", 14)])
    hands.dealer.post(f"/orders/{number}/changes/withdraw")
    changed(hands, number, lines=[line("M1", 13)], reason="ours alone", seen=0)
    said = hands.seller.post(answer, {"agrees": True})
    assert (said["status"], said["reason"]) == ("MADE", "")
    assert hands.dealer.get(f"/orders/{number}/changes")[-1]["reason"] == "ours alone"
    assert (
        changed(hands, number, lines=[line("M1", 2)], seen=0, expect=409)["code"] == "order-moved"
    )


def test_what_is_placed_carries_its_words_and_the_lane_takes_them(hands: Hands) -> None:
    sku = str(hands.world.chain.skus["M1"])
    body = {
        "seller": hands.seller_id, "pay_by": "TRANSFER", "wanted_on": "2027-03-01",
        "external_id": "PO-9", "remark": "ring",
        "lines": [{"sku": sku, "quantity": 3, "wanted_on": "2027-03-05"},
                  {"sku": sku, "quantity": 4, "wanted_on": "2027-03-02"}],
    }  # fmt: skip
    for door, number in (("lane", "PO-9"), ("django", "PO-10")):
        answer = Street(door).one(hands.dealer, body | {"external_id": number}, key=f"key-{door}")
        assert answer.status_code == 201, answer.text
        order = hands.seller.get(f"/orders/{answer.json()['order']['number']}")
        assert (order["wanted_on"], order["remark"]) == ("2027-03-01", "ring")
        assert [(one["quantity"], one["wanted_on"]) for one in order["lines"]] == [
            (7, "2027-03-02")
        ]
        past = body | {"wanted_on": "2020-01-01", "external_id": f"X-{door}"}
        refused = Street(door).one(hands.dealer, past, key=f"past-{door}")
        assert refused.json()["code"] == "wished-day-invalid"
