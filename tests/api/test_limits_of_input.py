"""What programs send by mistake or malice is refused in words, in both languages."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from django.db import transaction
from tests.api.hands import Hand, Hands, hand_of
from tests.conftest import be
from tests.trade.conftest import World

from heliu.commerce.catalogue import operations as catalogue
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import ApiToken
from heliu.kernel.goods import operations as goods
from heliu.kernel.goods.operations import NewSku
from heliu.kernel.ids import new_id
from heliu.kernel.parties.models import Organization

HUGE = 2**63
CHINESE = re.compile(r"[一-鿿]")
# what is wrong: (change of a good order, field at fault, code of the problem or of the field)
WRONG_ORDERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no seller": ({"seller": None}, "seller", "uuid_type"),
    "seller is no id": ({"seller": "hengfeng"}, "seller", "uuid_parsing"),
    "no lines": ({"lines": []}, "lines", "too_short"),
    "lines are no list": ({"lines": {"code": "M1"}}, "lines", "list_type"),
    "a line is no object": ({"lines": ["M1"]}, "lines.0", "model_attributes_type"),
    "no quantity": ({"lines": [{"code": "M1"}]}, "lines.0.quantity", "missing"),
    "quantity as text": (
        {"lines": [{"code": "M1", "quantity": "3"}]}, "lines.0.quantity", "int_type",
    ),
    "quantity as truth": (
        {"lines": [{"code": "M1", "quantity": True}]}, "lines.0.quantity", "int_type",
    ),
    "half a piece": (
        {"lines": [{"code": "M1", "quantity": 0.5}]}, "lines.0.quantity", "int_from_float",
    ),
    "nothing of it": (
        {"lines": [{"code": "M1", "quantity": 0}]}, "lines.0.quantity", "greater_than_equal",
    ),
    "too much for a column": (
        {"lines": [{"code": "M1", "quantity": HUGE}]}, "lines.0.quantity", "less_than_equal",
    ),
    "a field nobody knows": ({"colour": "blue"}, "colour", "extra_forbidden"),
    "another currency": ({"currency": "XYZ"}, "currency", "literal_error"),
    "paid with shells": ({"pay_by": "SHELLS"}, "pay_by", "literal_error"),
    "a deposit as a float": ({"deposit_ratio": 0.2}, "deposit_ratio", "string_type"),
    "a deposit of all": ({"deposit_ratio": "1.0"}, "deposit_ratio", "decimal_parsing"),
    "borrowed for ever": ({"days": 10**9}, "days", "less_than_equal"),
    "a zero byte": ({"remark": "blue\x00mugs"}, "remark", "string_pattern_mismatch"),
    "half a character": ({"remark": "\ud83d"}, "remark", "string_unicode"),
    "a book as remark": ({"remark": "blue" * 100}, "remark", "string_too_long"),
}  # fmt: skip


@pytest.fixture
def desk(hands: Hands) -> Hand:
    return hands.dealer


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_wrong_with_an_order_is_named_field_by_field(
    hands: Hands, desk: Hand, language: str
) -> None:
    desk.language = language
    for name, (change, field, code) in WRONG_ORDERS.items():
        said = desk.post("/orders", {**hands.order(M1=1), **change}, expect=422)
        assert [(one["field"], one["code"]) for one in said["errors"]] == [(field, code)], name
        assert said["field"] == field
        for words in (said["title"], said["errors"][0]["detail"], said["help"]):
            assert bool(CHINESE.search(words)) == (language == "zh-hans"), (name, words)
    assert desk.items("/orders", status="PLACED") == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_the_rules_refuse_is_said_in_the_readers_language(
    hands: Hands, desk: Hand, language: str
) -> None:
    desk.language = language
    line = hands.order(M1=1)["lines"][0]
    sku = str(hands.world.chain.skus["M1"])
    for change, status, code, field in (
        ({"lines": [line, {"quantity": 1}]}, 422, "sku-or-code", "lines.1"),
        ({"lines": [{"sku": sku, "code": "M1", "quantity": 1}]}, 422, "sku-or-code", "lines.0"),
        ({"lines": [line, {"code": "M9", "quantity": 1}]}, 422, "code-unknown", "lines.1.code"),
        ({"lines": [line, line, {"code": "M2", "quantity": 10**9}]}, 409, "short", "lines.2"),
        ({"seller": str(new_id())}, 404, "not-found", ""),
        ({"lines": [{"sku": str(new_id()), "quantity": 1}]}, 404, "not-found", ""),
        ({"pay_by": "FINANCE", "days": 31}, 422, "terms-not-offered", "deposit_ratio"),
        ({"pay_by": "FINANCE", "warehouse": str(new_id())}, 422, "no-warehouse", "warehouse"),
        ({"pay_by": "TERMS", "lines": [{"code": "B1", "quantity": 9000}]}, 409, "limit-short", ""),
    ):
        said = desk.post("/orders", {**hands.order(M1=1), **change}, expect=status)
        assert (said["code"], said["field"]) == (code, field)
        assert bool(CHINESE.search(said["detail"])) == (language == "zh-hans"), said
        assert desk.said["Content-Language"] == language
    assert desk.items("/orders", status="PLACED") == []


def test_unknown_names_are_not_there(hands: Hands, desk: Hand) -> None:
    gone = str(new_id())
    for path in ("/orders", "/deals", "/loans", "/shipments", "/pledges", "/receipts",
                 "/facilities", "/assessments", "/payments", "/organizations"):  # fmt: skip
        assert desk.get(f"{path}/{gone}", 404)["code"] == "not-found"
        bad = "%00" if path != "/organizations" else "nobody"
        assert desk.get(f"{path}/{bad}", 422)["code"] == "not-valid"
    for number in ("1", str(HUGE - 1)):
        desk.get(f"/books/accounts/{number}/statement", 404)
    for number in ("0", "-1", str(HUGE), "one"):
        desk.get(f"/books/accounts/{number}/statement", 422)
    desk.post(f"/notices/{gone}/read", expect=404)
    desk.post(f"/consents/{gone}/withdraw", expect=404)
    desk.get("/credit-line", 404, seller=gone)


WRONG_QUESTIONS: list[tuple[str, dict[str, object]]] = [
    ("/orders", {"limit": 0}),
    ("/orders", {"limit": 201}),
    ("/orders", {"limit": HUGE}),
    ("/orders", {"status": "LOST"}),
    ("/orders", {"q": "SO\x00"}),
    ("/orders", {"placed_from": "2026-11-02"}),
    ("/orders", {"placed_from": "2026-11-02T08:00:00"}),
    ("/facts", {"after": HUGE}),
    ("/facts", {"after": -1}),
    ("/catalogue", {"cursor": "x"}),
    ("/catalogue", {"q": "\x00"}),
    ("/prices", {}),
    ("/books/trial-balance", {"on": "yesterday"}),
]
FORGED: list[object] = [
    None, [None, None], ["\x00", "\x00"], [[], {}], ["2026-11-02T08:00:00", "x"], {"a": 1}, "ab",
    [HUGE, HUGE], ["9" * 400, "1"], ["0001-01-01T00:00:00+23:59", str(new_id())],
]  # fmt: skip


def test_wrong_questions_are_refused(desk: Hand) -> None:
    for path, query in WRONG_QUESTIONS:
        assert desk.get(path, 422, **query)["code"] in ("not-valid", "cursor-unknown"), path


def test_a_cursor_that_is_made_up_or_of_another_list_is_refused(hands: Hands) -> None:
    for _ in range(2):
        hands.dealer.post("/orders", hands.order(M1=1), expect=201)
    ours = hands.dealer.get("/orders", limit=1)["next_cursor"]
    for path in ("/organizations", "/facts", "/notices", "/stock", "/orders"):
        plain = [json.dumps(packed).encode() for packed in FORGED]
        forged = [base64.urlsafe_b64encode(text).decode() for text in plain]
        other = [ours] if path != "/orders" else [f"{ours}x"]
        for cursor in [*forged, *other, f"{forged[1]}:{ours.rpartition(':')[2]}"]:
            assert hands.dealer.get(path, 422, cursor=cursor[:400])["code"] == "cursor-unknown"
    assert len(hands.dealer.items("/orders", cursor=ours)) >= 1


def test_an_order_of_10_000_lines_and_not_one_more(hands: Hands, world: World) -> None:
    seller = world.chain.seller
    be("heliu_worker")
    with transaction.atomic():
        made = goods.enter(
            [NewSku(f"BULK{n:05}", f"Bulk {n}") for n in range(10_000)],
            actor=Actor.system(), seller=seller,
        )  # fmt: skip
        catalogue.index(sku.pk for sku in made)
    be("heliu_web")
    lines: list[dict[str, object]] = [{"code": f"bulk{n:05}", "quantity": 1} for n in range(9_999)]
    order = {"seller": hands.seller_id, "lines": [*lines, {"code": "M1", "quantity": 2}]}
    seen = hands.dealer.post("/orders/preview", order)
    assert [line["place"] for line in seen["lines"]] == list(range(10_000))
    assert {line["problem"] for line in seen["lines"][:9_999]} == {"price-missing"}
    assert (seen["lines"][9_999]["problem"], seen["total"]) == ("", 2000)
    order["lines"] = [{"code": "M1", "quantity": 1}] * 10_000
    placed = hands.dealer.post("/orders", {**order, "pay_by": "TRANSFER"}, expect=201)
    assert placed["order"]["total"] == 10_000 * 900
    order["lines"] = [*lines, {"code": "M1", "quantity": 2}, {"code": "M2", "quantity": 2}]
    said = hands.dealer.post("/orders/preview", order, expect=422)
    assert said["errors"][0]["code"] == "too_long"


def test_names_in_every_script_come_back_as_they_went_in(hands: Hands, world: World) -> None:
    name, name_zh = "كوب أزرق 🍵 Blå", "蓝色马克杯🫖"
    be("heliu_worker")
    with transaction.atomic():
        made = goods.enter(
            [NewSku("RTL-1", name, name_zh)], actor=Actor.system(), seller=world.chain.seller
        )
        catalogue.index(sku.pk for sku in made)
        Organization.objects.filter(pk=world.chain.dealers["D001"]).update(name=name)
    be("heliu_web")
    shown = hands.dealer.items("/catalogue", q="كوب")[0]
    assert (shown["name"], shown["name_zh"]) == (name, name_zh)
    assert hands.dealer.get("/me")["organization"]["name"] == name
    remark = "送到后门 👩🏽‍🚒 من فضلك"
    placed = hands.dealer.post("/orders", {**hands.order(M1=1), "remark": remark}, expect=201)
    kept = hands.seller.get(f"/orders/{placed['order']['id']}")["remark"]
    assert kept.replace("\u200d", "") == remark.replace("\u200d", "")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_expired_token_opens_nothing(hands: Hands, world: World, language: str) -> None:
    hand = hand_of(world, world.dealer, language)
    be("heliu_worker")
    with transaction.atomic():
        digest = ApiToken.digest_of(hand.token)
        ApiToken.objects.filter(digest=digest).update(expires_at=world.at)
    be("heliu_web")
    world.later(minutes=1)
    for said in (hand.get("/me", 401), hand.post("/orders", hands.order(M1=1), expect=401)):
        assert said["code"] == "token-expired"
    assert bool(CHINESE.search(said["detail"])) == (language == "zh-hans"), said
