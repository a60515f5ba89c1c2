"""The order pad for programs: ten thousand rows judged in one call, drafts that lose nothing."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.api.hands import Hands
from tests.conftest import be

from heliu.kernel.goods.models import Sku


def test_each_row_says_what_is_wrong_and_what_would_mend_it(hands: Hands) -> None:
    with hands.world.worker():
        Sku.objects.filter(code="B1").update(order_minimum=20, order_multiple=10)
    typed = [("M1", "1,200"), ("", ""), ("M9", "5"), ("ｂ１", "15"), ("B1", "7"), ("m2", "1.5")]
    rows = [{"code": code, "quantity": quantity} for code, quantity in typed]
    said = hands.dealer.post("/order-pad/check", {"seller": hands.seller_id, "rows": rows})
    found = [(row["place"], row["problem"], row["field"], row["repairs"]) for row in said["rows"]]
    assert found == [
        (0, "", "", []),
        (2, "code-unknown", "code", ["M1", "M2"]),
        (3, "below-minimum", "quantity", ["20"]),
        (4, "double", "code", []),
        (5, "quantity-not-whole", "quantity", ["2", "1"]),
    ]
    assert (said["good"], said["bad"], said["total"]) == (1, 4, 1200 * 900)
    assert said["rows"][2]["order_multiple"] == 10
    assert said["rows"][3]["twin"] == 3
    order = {"seller": hands.seller_id, "pay_by": "TRANSFER"}
    refused = hands.dealer.send(
        "post", "/orders", {**order, "lines": [{"code": "B1", "quantity": 25}]}, expect=422
    )
    assert refused["code"] == "not-whole-pack"
    hands.dealer.post("/orders", {**order, "lines": [{"code": "B1", "quantity": 30}]}, expect=201)


def test_ten_thousand_rows_take_no_more_statements_than_one(hands: Hands) -> None:
    def asked(rows: list[dict[str, str]]) -> int:
        be("heliu_web")
        with CaptureQueriesContext(connection) as statements:
            said = hands.dealer.post("/order-pad/check", {"seller": hands.seller_id, "rows": rows})
        assert len(said["rows"]) == len(rows)
        return len(statements)

    one = asked([{"code": "X1", "quantity": "1"}])
    goods = [{"code": code, "quantity": "1"} for code in ("M1", "B1", "M2")]
    many = [{"code": f"X{n}", "quantity": "1"} for n in range(10_000 - len(goods))]
    assert asked(goods + many) <= one + 2


def test_a_draft_is_changed_by_several(hands: Hands) -> None:
    path = f"/order-pads/{hands.seller_id}"
    assert hands.dealer.get(path)["rows"] == []
    first = {"code": "M1", "quantity": "5"}
    made = hands.dealer.send("post", f"{path}/changes", {"changes": [{"after": first}]})
    assert [row["code"] for row in made["rows"]] == ["M1"]
    change = {"place": 0, "before": first, "after": {"code": "M1", "quantity": "9"}}
    assert hands.dealer.send("post", f"{path}/changes", {"changes": [change]})["clashes"] == 0
    late = {"place": 0, "before": first, "after": {"code": "M1", "quantity": "6"}}
    said = hands.dealer.send("post", f"{path}/changes", {"changes": [late]})
    assert said["clashes"] == 1
    assert [row["quantity"] for row in said["rows"]] == ["9", "6"]
    assert hands.dealer.get(path, shared="true")["rows"] == []
