"""A low answer over REST: the rule by share, the question with what it is about, and the yes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.api.hands import hand_of
from tests.trade.conftest import World
from tests.trade.test_quoting import SALES, ask

from heliu.demo.chain import enrol
from heliu.kernel.clock import day_of

BOSS = "boss@seller.demo"


def test_a_low_answer_waits_for_another_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    with world.worker():
        enrol(BOSS, "Boss", world.chain.seller, "sales-manager")
    sales, boss, dealer = (hand_of(world, who) for who in (SALES, BOSS, world.dealer))
    rule = {"act": "quote-offer", "from_amount": 10_00, "levels": [{"permission": "concede"}]}
    assert boss.send("post", "/approval-rules", rule)["measure"] == "SHARE"
    boss.send("post", "/approval-rules", rule | {"from_amount": 100_01}, expect=422)
    (kept,) = boss.get("/approval-rules")
    assert (kept["act"], kept["measure"], kept["from_amount"]) == ("quote-offer", "SHARE", 10_00)
    quote = ask(world, M1=20).number
    answer = {
        "lines": [{"position": 1, "price": 850}], "reason": "a new shop",
        "valid_until": (day_of(world.at) + timedelta(days=7)).isoformat(),
    }  # fmt: skip
    before = dealer.get(f"/quotes/{quote}")
    asked = sales.send("post", f"/quotes/{quote}/answer", answer, expect=202)
    assert sales.get(f"/quotes/{quote}")["waits_for"] == asked["id"]
    assert dealer.get(f"/quotes/{quote}") == before
    question = f"/approvals/{asked['id']}"
    dealer.get(question, expect=404)
    seen = boss.get(question)
    assert seen["said"]["share"] == 15_00
    assert seen["said"]["lines"] == [{"code": "M1", "quantity": 20, "price": 850, "usual": 1000}]
    sales.send("post", f"{question}/votes", {"agrees": True}, expect=403)
    boss.send("post", f"{question}/votes", {"agrees": True})
    offered = dealer.get(f"/quotes/{quote}")
    assert (offered["status"], offered["versions"][1]["total"]) == ("OFFERED", 17_000)
    assert offered["waits_for"] is None
