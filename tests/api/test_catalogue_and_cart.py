"""Finding goods, their prices, the cart, and what one is told."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.api.hands import Hands
from tests.api.test_pledged_order import place_financed
from tests.conftest import be

from heliu.kernel.ids import new_id


def test_the_catalogue_is_read_in_pages_with_own_prices(hands: Hands) -> None:
    first = hands.dealer.get("/catalogue", limit=2)
    rest = hands.dealer.get("/catalogue", limit=2, cursor=first["next_cursor"])
    found = first["items"] + rest["items"]
    assert sorted(one["code"] for one in found) == ["B1", "M1", "M2"]
    assert rest["next_cursor"] is None
    mug = next(one for one in found if one["code"] == "M1")
    assert mug["available"] == 10_000
    assert mug["price"] == {
        "unit_price": 1000,
        "list_price": 1000,
        "promotions": [],
        "currency": "CNY",
        "list_code": "STD",
        "tiers": [
            {"quantity_from": 1, "unit_price": 1000},
            {"quantity_from": 100, "unit_price": 900},
        ],
    }
    assert [one["code"] for one in hands.dealer.items("/catalogue", q="lansemakebei")] == ["M1"]
    assert [one["code"] for one in hands.dealer.items("/catalogue", family="bags")] == ["B1"]
    assert {one["code"]: one["skus"] for one in hands.dealer.get("/families")} == {
        "mugs": 2,
        "bags": 1,
    }
    assert hands.seller.items("/catalogue", q="M1")[0]["price"] is None
    assert hands.keeper.items("/catalogue") == []


def test_a_filter_that_is_none_is_said_so(hands: Hands) -> None:
    facets = {"seller": hands.seller_id}
    for none in ("red", "a.height:..", "a.height:1.2.3..5", "colour=red", "a.x=", "family:1..2"):
        for path, more in (("/catalogue", {}), ("/catalogue/facets", facets)):
            said = hands.dealer.get(path, expect=422, filter=none, **more)
            assert said["code"] == "filter-unknown"
    assert hands.dealer.items("/catalogue", filter="a.gone=red") == []
    assert hands.dealer.items("/catalogue", filter="a.gone:5..") == []


def test_a_price_is_told_to_its_two_sides_only(hands: Hands) -> None:
    mug, gone = str(hands.world.chain.skus["M1"]), str(new_id())
    dealer = str(hands.world.chain.dealers["D001"])
    asked = {"seller": hands.seller_id, "sku": [mug, gone], "quantity": 100}
    said = hands.dealer.get("/prices", **asked)
    assert [row["price"] and row["price"]["unit_price"] for row in said["items"]] == [900, None]
    assert said["buyer"] == dealer
    assert hands.seller.get("/prices", **asked, buyer=dealer)["items"] == said["items"]
    for hand in (hands.other, hands.lender):
        rows = hand.get("/prices", **asked, buyer=dealer)["items"]
        assert [row["price"] for row in rows] == [None, None]


def test_a_cart_is_kept_line_by_line(hands: Hands) -> None:
    path = f"/carts/{hands.seller_id}"
    mug, bag = (str(hands.world.chain.skus[code]) for code in ("M1", "B1"))
    assert hands.dealer.get(path)["lines"] == []
    hands.dealer.send("put", f"{path}/lines/{bag}", {"quantity": 5})
    cart = hands.dealer.send("put", f"{path}/lines/{mug}", {"quantity": 7})
    assert [(row["sku"]["code"], row["quantity"]) for row in cart["lines"]] == [
        ("B1", 5),
        ("M1", 7),
    ]
    cart = hands.dealer.send("put", f"{path}/lines/{bag}", {"quantity": 0})
    assert cart == hands.dealer.get(path)
    assert [row["sku"]["code"] for row in cart["lines"]] == ["M1"]
    assert hands.other.get(path)["lines"] == []
    assert hands.dealer.send("delete", path)["lines"] == []
    hands.dealer.send("put", f"{path}/lines/{new_id()}", {"quantity": 1}, expect=404)
    hands.seller.send("put", f"{path}/lines/{mug}", {"quantity": 1}, expect=403)


def test_a_preview_says_what_is_wrong_where_it_was_asked(hands: Hands) -> None:
    lines = [
        {"code": "M11", "quantity": 1},
        {"code": "B1", "quantity": 10},
        {"code": "m2", "quantity": 20_000},
        {"code": "B1", "quantity": 5},
    ]
    seen = hands.dealer.post("/orders/preview", {"seller": hands.seller_id, "lines": lines})
    rows = [(row["place"], row["code"], row["quantity"], row["problem"]) for row in seen["lines"]]
    assert rows == [
        (0, "M11", 1, "code-unknown"),
        (1, "B1", 15, ""),
        (2, "M2", 20_000, "short"),
    ]
    assert "M1" in seen["lines"][0]["suggestions"]
    assert seen["lines"][2]["suggestions"] == ["10000"]
    assert seen["total"] == 15 * 2000
    assert {way["pay_by"]: way["due_now"] for way in seen["ways"]}["TRANSFER"] == seen["total"]
    assert hands.dealer.items("/orders", status="PLACED") == []


def test_an_order_reads_as_it_was_answered(hands: Hands) -> None:
    hands.world.later(microseconds=123_456)
    placed = hands.dealer.post("/orders", hands.order(M1=2, B1=3), expect=201)["order"]
    assert placed["placed_at"] == "2026-11-02T02:00:00.123456Z"
    read = hands.dealer.get(f"/orders/{placed['number']}")
    assert {name: read[name] for name in placed} == placed
    assert placed in hands.dealer.items("/orders")
    assert [(row["sku"]["code"], row["amount"]) for row in read["lines"]] == [
        ("M1", 2000),
        ("B1", 6000),
    ]


def test_lists_ask_the_same_however_many_rows_they_have(hands: Hands) -> None:
    def statements(path: str) -> int:
        be("heliu_web")
        with CaptureQueriesContext(connection) as asked:
            assert hands.dealer.items(path)
        return len(asked)

    hands.dealer.post("/orders", hands.order(M1=1), expect=201)
    one = {path: statements(path) for path in ("/orders", "/deals", "/catalogue")}
    for _ in range(3):
        hands.dealer.post("/orders", hands.order(M2=1, B1=1), expect=201)
    assert {path: statements(path) for path in one} == one


def test_notices_are_read_and_told_in_the_readers_language(hands: Hands) -> None:
    place_financed(hands)
    told = hands.seller.items("/notices", unread="true")
    paid = next(one for one in told if one["kind"] == "seller-paid")
    assert "arrived" in paid["text"]
    hands.seller.language = "zh-hans"
    assert hands.seller.get("/notices", limit=1)["items"][0]["text"] != paid["text"]
    assert hands.seller.post(f"/notices/{paid['id']}/read")["read_at"]
    hands.dealer.post(f"/notices/{paid['id']}/read", expect=404)
    left = hands.seller.items("/notices", unread="true")
    assert {one["id"] for one in told} - {one["id"] for one in left} == {paid["id"]}


def test_facts_are_read_on_from_the_last_number(hands: Hands) -> None:
    made = place_financed(hands)
    read: list[int] = []
    while True:
        page = hands.lender.items("/facts", after=read[-1] if read else 0, limit=3)
        if not page:
            break
        read += [fact["number"] for fact in page]
    assert read == sorted(set(read))
    assert len(read) > 3
    of_deal = hands.lender.items("/facts", deal=made["key"])
    assert {fact["number"] for fact in of_deal} <= set(read)
    assert {fact["deal"] for fact in of_deal} == {made["key"]}
    assert hands.other.items("/facts", deal=made["key"]) == []


def test_who_deals_with_whom(hands: Hands) -> None:
    mine = hands.dealer.items("/relationships")
    assert [(one["seller"], one["status"]) for one in mine] == [(hands.seller_id, "ACTIVE")]
    assert len(hands.seller.items("/relationships")) == 2
    assert hands.lender.items("/relationships") == []
