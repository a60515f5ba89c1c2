"""What is owed on an order that no bank finances, and writing down what was paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.api.hands import Hands

from heliu.capital.terms.models import Invoice
from heliu.kernel.clock import day_of


@pytest.fixture
def sent(hands: Hands) -> dict[str, Any]:
    """An order on terms, on its way."""
    placed = hands.dealer.post("/orders", hands.order(pay_by="TERMS", B1=10), expect=201)
    ref = f"/orders/{placed['order']['number']}"
    hands.seller.post(f"{ref}/confirm", {})
    shipment = hands.seller.post(f"{ref}/ship", {"carrier": "Shunda"}, expect=201)
    return {"ref": ref, "shipment": f"/shipments/{shipment['number']}"}


def test_parts_are_written_down_and_both_see_what_is_left(
    hands: Hands, sent: dict[str, Any]
) -> None:
    ref = sent["ref"]
    paid = {"amount": 5_000, "value_day": hands.world.at.date().isoformat(), "reference": "slip"}
    answer = hands.seller.post(f"{ref}/payments", paid, key="payment-one", expect=201)
    assert (answer["account"]["paid"], answer["account"]["owed"]) == (5_000, 15_000)
    assert hands.seller.post(f"{ref}/payments", paid, key="payment-one", expect=201) == answer
    assert hands.dealer.get(ref)["account"] == answer["account"]
    too_much = hands.seller.post(f"{ref}/payments", {"amount": 15_001}, expect=409)
    assert (too_much["code"], too_much["field"]) == ("more-than-owed", "amount")
    hands.dealer.post(f"{ref}/payments", {"amount": 1}, expect=403)
    hands.other.post(f"{ref}/payments", {"amount": 1}, expect=404)
    early = hands.seller.post(
        f"{ref}/payments", {"amount": 1, "value_day": "2199-01-01"}, expect=422
    )
    assert early["code"] == "day-to-come"
    hands.seller.post(f"{ref}/payments", {"amount": 15_000}, expect=201)
    assert hands.dealer.get(ref)["account"]["owed"] == 0
    assert hands.seller.post(f"{ref}/payments", {"amount": 1}, expect=409)["code"] == "nothing-owed"


def test_short_goods_are_not_owed_and_a_financed_order_has_no_account(
    hands: Hands, sent: dict[str, Any]
) -> None:
    (line,) = hands.dealer.get(sent["shipment"])["lines"]
    counts = {"counts": [{"line": line["id"], "good": 7, "damaged": 1}]}
    hands.dealer.post(f"{sent['shipment']}/receive", counts, expect=201)
    account = hands.dealer.get(sent["ref"])["account"]
    assert (account["sent"], account["lost"], account["owed"]) == (20_000, 6_000, 14_000)
    financed = hands.dealer.post("/orders", hands.order(pay_by="FINANCE", M1=100), expect=201)
    assert hands.dealer.get(f"/orders/{financed['order']['number']}")["account"] is None


def test_what_paying_late_costs_so_far_is_said_until_it_is_paid(
    hands: Hands, sent: dict[str, Any]
) -> None:
    buyer = str(hands.world.chain.dealers["D001"])
    with hands.world.worker():
        Invoice.objects.update(late_rate=18)
    (invoice,) = hands.dealer.items("/invoices")
    path = f"/invoices/{invoice['number']}"
    due = date.fromisoformat(invoice["due_on"])
    hands.world.later(days=(due - day_of(hands.world.at)).days)
    assert hands.dealer.get(path)["interest_so_far"] == 0
    hands.world.later(days=20)
    assert hands.dealer.items("/invoices")[0]["interest_so_far"] == 200  # 200.00 x 18 % x 20 / 360
    assert hands.seller.get(path)["interest_so_far"] == 200
    disputed = hands.dealer.post(f"{path}/dispute", {"amount": 1_000, "reason": "two broken"})
    assert disputed["interest_so_far"] == 200
    paid = {"buyer": buyer, "amount": 20_000}
    hands.dealer.post(f"{path}/dispute", {"amount": 0})
    hands.seller.post("/terms-payments", paid, expect=201)
    said = {one["kind"]: one for one in hands.dealer.items("/invoices")}
    assert (said["GOODS"]["interest_so_far"], said["INTEREST"]["amount"]) == (0, 200)
