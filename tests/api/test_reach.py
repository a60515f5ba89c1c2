"""A person says over the API how it wants to be reached, as on its page."""

from __future__ import annotations

from tests.api.hands import Hands, hand_of


def test_what_is_chosen_holds_and_the_rest_stays_as_by_default(hands: Hands) -> None:
    before = hands.dealer.get("/reach")
    assert (before["mail"], before["phone"]) == ("AT_ONCE", "")
    kinds = {one["kind"]: one for one in before["kinds"]}
    wish = {"kind": "deal-closed", "mail": not kinds["deal-closed"]["mail"], "sms": True}
    said = {"mail": "DAILY", "phone": "138 0000 0000", "quiet_from": 20, "kinds": [wish]}
    after = hands.dealer.post("/reach", said)
    assert (after["mail"], after["phone"], after["quiet_from"]) == ("DAILY", "13800000000", 20)
    changed = {one["kind"]: one for one in after["kinds"]} | {"deal-closed": kinds["deal-closed"]}
    assert changed == kinds
    assert hands.dealer.get("/reach") == after
    seller = hand_of(hands.world, "sales@seller.demo")
    assert seller.get("/reach")["mail"] == "AT_ONCE"
    for wrong in ({"phone": "none"}, {"kinds": [{**wish, "kind": "nothing"}]}):
        hands.dealer.post("/reach", {**said, **wrong}, expect=422)
