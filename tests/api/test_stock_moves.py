"""Moving goods between bins over the API: a batch is one deed."""

from __future__ import annotations

from tests.api.hands import Hands


def test_a_batch_is_moved_once_and_whole(hands: Hands) -> None:
    bins = [one["id"] for one in hands.seller.items("/bins") if not one["is_quarantine"]][:2]
    rows = hands.seller.items("/stock")[:2]
    moves = [{"row": row["id"], "bin": bin, "quantity": 3} for row in rows for bin in bins]
    first = hands.seller.post("/stock-moves", {"moves": moves}, expect=201, key="moves-0001")
    again = hands.seller.post("/stock-moves", {"moves": moves}, expect=201, key="moves-0001")
    assert first == again
    assert [(one["bin"], one["quantity"]) for one in first["moves"]] == [
        (bin, 3) for _ in rows for bin in bins
    ]
    left = {row["id"]: row["quantity"] for row in hands.seller.items("/stock")}
    assert [left[row["id"]] for row in rows] == [row["quantity"] - 6 for row in rows]

    moved = first["moves"][0]["row"]
    bad = [{"row": moved, "bin": bins[1], "quantity": quantity} for quantity in (1, 3)]
    refused = hands.seller.post("/stock-moves", {"moves": bad}, expect=409)
    assert refused["code"] == "stock-short"
    assert {row["id"]: row["quantity"] for row in hands.seller.items("/stock")} == left


def test_a_batch_has_its_bounds(hands: Hands) -> None:
    move = {"row": hands.seller_id, "bin": hands.seller_id, "quantity": 1}
    for count in (0, 201):
        hands.seller.post("/stock-moves", {"moves": [move] * count}, expect=422)
    hands.seller.post("/stock-moves", {"moves": [move] * 200}, expect=404)
