"""A seller keeps its catalogue over REST: what it writes is what its dealers find."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.test import Client
from tests.api.hands import V1, Hands
from tests.pictures import png

ATTRIBUTES = [
    {"code": "colour", "name": "Colour", "name_zh": "颜色", "kind": "CHOICE",
     "choices": [{"code": "blue", "name": "sky blue", "name_zh": "天蓝"}]},
    {"code": "height", "name": "Height", "kind": "NUMBER", "unit": "cm"},
]  # fmt: skip


def put(hands: Hands, expect: int = 200, **article: object) -> Any:
    return hands.seller.send("put", "/articles", {"articles": [article]}, expect=expect)


def test_what_the_seller_writes_is_what_its_dealers_find(hands: Hands) -> None:
    seller, dealer = hands.seller, hands.dealer
    seller.send("put", "/attributes/mugs", {"attributes": ATTRIBUTES})
    tree = [{"code": "cups", "name": "Cups", "name_zh": "杯子"},
            {"code": "big", "name": "Big cups", "name_zh": "大杯", "above": "cups"}]  # fmt: skip
    assert len(seller.send("put", "/categories", {"categories": tree})["categories"]) == 2
    said = put(
        hands, code="M7/X", name="Tall mug", name_zh="高杯", family="mugs", unit="PCS",
        category="big", order_multiple=6, values={"colour": "天蓝", "height": "12.50 cm"},
    )  # fmt: skip
    sku = said["articles"][0]["id"]
    (found,) = dealer.items("/catalogue", filter=["a.colour=blue", "a.height:10..13"])
    assert (found["code"], found["order_multiple"]) == ("M7/X", 6)
    assert [one["code"] for one in dealer.items("/catalogue", filter="category=cups")] == ["M7/X"]
    # What is left out stays; an empty value goes; off sale is off sale.
    put(hands, code="M7/X", values={"height": ""})
    kept = seller.get(f"/articles/{sku}")
    assert kept["values"] == {"colour": "blue"}
    assert (kept["name_zh"], kept["category"]) == ("高杯", "big")
    put(hands, code="M7/X", is_active=False)
    assert dealer.items("/catalogue", filter="category=cups") == []
    assert [one["code"] for one in seller.items("/articles", is_active="false")] == ["M7/X"]
    # In another family it has other attributes.
    put(hands, code="M7/X", family="bags", is_active=True)
    assert seller.get(f"/articles/{sku}")["values"] == {}


def test_a_refusal_names_the_field_and_changes_nothing(hands: Hands) -> None:
    refused = {
        "name-missing": {"code": "N1"},
        "family-unknown": {"code": "N1", "name": "n", "family": "gone"},
        "unit-unknown": {"code": "N1", "name": "n", "family": "mugs", "unit": "GONE"},
        "barcode-invalid": {"code": "N1", "name": "n", "family": "mugs", "barcode": "12x"},
        "category-unknown": {"code": "N1", "name": "n", "family": "mugs", "category": "gone"},
        "attribute-unknown": {"code": "N1", "name": "n", "family": "mugs", "values": {"x": "1"}},
    }
    for code, article in refused.items():
        assert put(hands, expect=422, **article)["code"] == code
    both = {"articles": [{"code": "M1", "name": "Changed"}, {"code": "N1"}]}
    hands.seller.send("put", "/articles", both, expect=422)
    assert "Changed" not in {one["name"] for one in hands.seller.items("/articles")}
    body = {"articles": [{"code": "M1", "name": "Mine now"}]}
    made = hands.dealer.send("put", "/articles", body, expect=403)
    assert made["code"]


def test_packs_papers_variants_circles_and_words(hands: Hands) -> None:
    seller, dealer, skus = hands.seller, hands.dealer, hands.world.chain.skus
    mug, red = str(skus["M1"]), str(skus["M2"])
    seller.send("put", f"/articles/{mug}/packs", {"unit": "PCS", "pieces": 10})
    assert dealer.get(f"/catalogue/{mug}")["packs"][0]["quantity"] == 10
    seller.send("delete", f"/articles/{mug}/packs/PCS")
    sent = Client().post(
        f"{V1}/articles/{mug}/papers?role=PICTURE", png(), content_type="application/octet-stream",
        headers={"Authorization": f"Bearer {seller.token}", "Idempotency-Key": "picture-1"},
    )  # fmt: skip
    assert sent.status_code == 201
    (paper,) = dealer.get(f"/catalogue/{mug}")["papers"]
    seller.send("delete", f"/articles/{mug}/papers/{paper['id']}")
    assert dealer.get(f"/catalogue/{mug}")["papers"] == dealer.get(f"/catalogue/{mug}")["packs"]
    product = {"code": "P1", "name": "Mug", "family": "mugs", "variants": [red, mug]}
    assert seller.send("put", "/products", product)["products"][0]["variants"] == [red, mug]
    assert [one["id"] for one in dealer.get(f"/catalogue/{mug}")["variants"]] == [red, mug]
    seller.send("put", f"/articles/{mug}/variant", {"product": None})
    assert dealer.get(f"/catalogue/{mug}")["variants"] == []
    other = str(hands.world.chain.dealers["D002"])
    circle = {"code": "few", "name": "A few", "buyers": [other], "goods": [mug]}
    seller.send("put", "/circles", circle)
    dealer.get(f"/catalogue/{mug}", expect=404)
    assert seller.send("delete", "/circles/few", expect=409)["code"] == "circle-used"
    seller.send("put", "/circles", {**circle, "goods": []})
    seller.send("delete", "/circles/few")
    assert seller.get("/circles") == {"circles": []}
    ring = seller.post("/synonyms", {"words": ["mug", "tankard"]}, expect=201)
    assert {one["code"] for one in dealer.items("/catalogue", q="tankard")} >= {"M1", "M2"}
    seller.send("delete", f"/synonyms/{ring['id']}")
    assert dealer.items("/catalogue", q="tankard") == []


def test_a_name_in_a_sheet_is_no_formula(hands: Hands) -> None:
    put(hands, code="M7", name='=HYPERLINK("x")', family="mugs", unit="PCS")
    token = {"Authorization": f"Bearer {hands.seller.token}"}
    said = Client().get(f"{V1}/catalogue-exports/ARTICLES", headers=token)
    sheet = io.StringIO(said.content.decode())
    rows = {row["code"]: row["name"] for row in csv.DictReader(sheet)}
    assert rows["M7"] == '\'=HYPERLINK("x")'
