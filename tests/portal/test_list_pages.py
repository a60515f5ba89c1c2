"""Lists, what was bought before, an order once more, orders by themselves: on pages and REST."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.api.hands import hand_of
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.kernel.goods.models import Sku
from heliu.portal.dealer import shopping

PAD = {"code": ["M1", "B1", "M9"], "quantity": ["24", "2", "1"], "action": "check"}


def test_from_the_pad_to_an_order_that_comes_back(demo: World) -> None:
    dealer = browser(demo.dealer)
    be("heliu_web")
    page = dealer.post("/dealer/pad", PAD).content.decode()
    form = {"name": "Shelf", "whose": "house", "idempotency_key": key_in(page)}
    address = send(dealer, "/dealer/lists/new", form, to="/dealer/lists/")
    assert send(dealer, "/dealer/lists/new", form) == address
    page = read(dealer, address)
    assert "2 rows are kept." in page
    assert "1 row is not kept and stays in the pad. M9: This seller has no goods" in page
    assert "The house's" in page
    typed = dict(re.findall(r'name="(q-[0-9a-f-]+)" value="(\d+)"', page))
    assert sorted(typed.values()) == ["2", "24"]
    send(dealer, address, {**dict.fromkeys(typed, "12"), "name": "Shelves"}, to=address)
    assert read(dealer, address).count('value="12"') == 2
    send(dealer, "/dealer/cart", {**typed, "pad": ""}, to="/dealer/pad")
    key = key_in(read(dealer, f"{address}/recur"))
    wish = {"every": "2", "unit": "WEEK", "pay_by": "TERMS", "idempotency_key": key}
    be("heliu_web")
    answer = dealer.post(f"{address}/recur", {**wish, "first_on": "2020-01-01"})
    assert answer.status_code == 422
    assert "The first day has gone by" in answer.content.decode()
    plan = send(dealer, f"{address}/recur", {**wish, "first_on": "2026-11-02"}, to="/recurring/")
    assert "every 2 weeks on Monday" in read(dealer, plan)
    for act, words in (("skip", "left out"), ("pause", "paused"), ("resume", "goes on")):
        send(dealer, f"{plan}/act", {"act": act}, to=plan)
        assert words in read(dealer, plan)
    assert "16 Nov" in read(dealer, "/dealer/lists")
    send(dealer, f"{plan}/act", {"act": "end"})
    send(dealer, f"{address}/drop", {}, to="/dealer/lists")
    assert "No lists yet" in read(dealer, "/dealer/lists")


def test_an_order_once_more_says_what_has_changed(
    demo: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = life.place(demo, pay_by="TRANSFER", M1=24, M2=3, B1=2)
    with demo.worker(), connection.cursor() as cursor:
        Sku.objects.filter(code="B1").update(is_active=False)
        cursor.execute(
            "update pricing_listprice p set amount = 1100 from goods_sku s"
            " where s.id = p.sku_id and s.code = 'M1' and p.min_quantity = 1"
        )
    dealer = browser(demo.dealer)
    assert f"/dealer/again/{placed.order.number}" in read(dealer, f"/deals/{placed.deal.number}")
    page = read(dealer, f"/dealer/again/{placed.order.number}")
    assert "1 dearer, 0 cheaper" in page
    assert "The seller has these goods no more" in page
    assert "1 line cannot be ordered" in page
    typed = dict(re.findall(r'name="(q-[0-9a-f-]+)" value="(\d+)"', page))
    assert len(typed) == 2
    send(dealer, "/dealer/cart", {**typed, "pad": ""}, to="/dealer/pad")
    assert 'value="24"' in read(dealer, "/dealer/pad")
    with CaptureQueriesContext(connection) as asked:
        page = read(dealer, "/dealer/bought")
    assert len(asked) <= 35
    assert "Blue mug" in page
    monkeypatch.setattr(shopping, "ROWS", 1)
    assert 'rel="next"' in read(dealer, "/dealer/bought")
    assert 'rel="next"' not in read(dealer, "/dealer/bought?page=9")
    hand = hand_of(demo, demo.dealer)
    be("heliu_web")
    rows = hand.get(f"/orders/{placed.order.number}/again")["rows"]
    assert [(row["unit_price"], row["price_now"], row["problem"]) for row in rows] == [
        (1000, 1100, ""), (1500, 1500, ""), (2000, None, "code-unknown"),
    ]  # fmt: skip
    assert hand.get(f"/bought/{demo.chain.seller}")["rows"][0]["times"] >= 1


def test_programs_keep_lists_and_let_them_come_back(demo: World) -> None:
    hand = hand_of(demo, demo.dealer)
    be("heliu_web")
    lines = [{"sku": str(demo.chain.skus["M1"]), "quantity": 5}]
    made = hand.post(
        "/lists", {"seller": str(demo.chain.seller), "name": "Shelf", "lines": lines}, expect=201
    )
    path = f"/lists/{made['id']}"
    assert [one["name"] for one in hand.items("/lists")] == ["Shelf"]
    lines[0]["quantity"] = 9
    changed = hand.send("put", path, {"name": "Shelf", "lines": lines})
    assert changed["lines"][0]["quantity"] == 9
    plan = hand.post(
        "/recurring-orders",
        {"list_id": made["id"], "pay_by": "TRANSFER", "every": 1, "unit": "MONTH",
         "first_on": "2026-11-30"},
        expect=201,
    )  # fmt: skip
    assert plan["next_days"] == ["2026-11-30", "2026-12-30", "2027-01-30"]
    act = f"/recurring-orders/{plan['id']}/act"
    assert hand.post(act, {"act": "skip"})["runs"][0]["status"] == "SKIPPED"
    assert hand.send("delete", path, expect=409)["code"] == "list-recurs"
    hand.post(act, {"act": "end"})
    assert hand.send("delete", path)["id"] == made["id"]
