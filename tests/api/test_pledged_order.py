"""The pledged order over the API alone, as each of its people's programs."""

from __future__ import annotations

from tests.api.hands import Hands
from tests.conftest import be

from heliu.capital.credit.models import Programme


def place_financed(hands: Hands) -> dict[str, str]:
    """The dealer sees the offer, orders and signs; the bank has paid the seller."""
    order = hands.order(pay_by="FINANCE", M1=200, B1=100)
    seen = hands.dealer.post("/orders/preview", {k: order[k] for k in ("seller", "lines")})
    assert seen["total"] == 200 * 900 + 100 * 2000
    assert {way["pay_by"]: way["is_open"] for way in seen["ways"]}["FINANCE"], seen
    best = seen["offer"]["recommended"]
    placed = hands.dealer.post(
        "/orders",
        {**order, "deposit_ratio": best["deposit_ratio"], "days": best["days"]},
        expect=201,
    )
    assert placed["loan_status"] == "QUOTED"
    deal = f"/deals/{placed['deal_number']}"
    agreement = hands.dealer.get(f"{deal}/agreement")
    assert placed["loan_number"] in agreement["text"]
    signature = {"agreement_digest": agreement["digest"], "consent": True}
    assert hands.dealer.post(f"{deal}/sign", signature)["status"] == "AWAIT_DEPOSIT"
    hands.bank()
    return {"deal": deal, "order": f"/orders/{placed['order']['number']}", "key": placed["deal"]}


def receive(hands: Hands, order: str, *, damaged: int = 0) -> None:
    """The seller sends everything, the keeper counts it in."""
    shipment = hands.seller.post(f"{order}/ship", {"carrier": "Shunda"}, expect=201)
    ref = f"/shipments/{shipment['number']}"
    assert hands.keeper.post(f"{ref}/arrived")["status"] == "ARRIVED"
    lines = hands.keeper.get(ref)["lines"]
    counts = [{"line": line["id"], "good": line["quantity"]} for line in lines]
    counts[0] |= {"good": counts[0]["good"] - damaged, "damaged": damaged}
    received = hands.keeper.post(f"{ref}/receive", {"counts": counts}, expect=201)
    assert received["receipt_number"]
    assert sum(received["damaged"].values()) == damaged


def code_of(hands: Hands) -> str:
    """The pick-up code in the newest notice."""
    notices = hands.dealer.items("/notices", unread="true")
    return next(one["params"]["code"] for one in notices if one["kind"] == "goods-released")


def test_from_click_to_pick_up(hands: Hands) -> None:
    made = place_financed(hands)
    deal = hands.dealer.get(made["deal"])
    assert (deal["status"], deal["next"]) == ("CONFIRMED", {"act": "ship", "by": "seller"})
    receive(hands, made["order"])
    deal = hands.lender.get(made["deal"])
    assert (deal["status"], deal["next"]) == ("ACTIVE", {"act": "repay", "by": "buyer"})
    pledged = hands.keeper.items("/stock", pledged="true")
    assert sorted(row["quantity"] for row in pledged) == [100, 200]
    stop = hands.keeper.post("/picks", {"row": pledged[0]["id"], "quantity": 1})
    assert (stop["go"], stop["code"]) == (False, "pledged")

    hands.world.later(days=10)
    payment = hands.dealer.post(f"{made['deal']}/repay", {"percent": "30"}, expect=202)
    assert payment["status"] == "CREATED"
    hands.bank()
    assert hands.dealer.get(f"/payments/{payment['number']}")["status"] == "BOOKED"
    code = code_of(hands)
    wrong = hands.keeper.post("/pick-ups", {"code": "000000"})
    assert (wrong["go"], wrong["code"]) == (False, "wrong")
    go = hands.keeper.post("/pick-ups", {"code": code}, key="gate-0001")
    assert go["go"], go
    assert go["quantity"] > 0
    assert hands.keeper.post("/pick-ups", {"code": code}, key="gate-0001") == go
    assert hands.keeper.said["Idempotent-Replayed"] == "true"
    used = hands.keeper.post("/pick-ups", {"code": code})
    assert (used["go"], used["code"], used["quantity"]) == (False, "used", 0)

    hands.world.later(days=10)
    owed = hands.dealer.get(made["deal"])["owed"]
    hands.dealer.post(f"{made['deal']}/repay", {"amount": owed["total"]}, expect=202)
    hands.bank()
    release = hands.dealer.items("/releases", status="RELEASED", deal=made["key"])[0]
    renewed = hands.dealer.post(f"/releases/{release['number']}/code", expect=201)
    old = hands.keeper.post("/pick-ups", {"code": code_of(hands)})
    assert (old["go"], old["code"]) == (False, "wrong")
    assert hands.keeper.post("/pick-ups", {"code": renewed["code"]})["go"]
    deal = hands.dealer.get(made["deal"])
    assert (deal["status"], deal["next"], deal["owed"]["total"]) == ("CLOSED", None, 0)
    steps = [step["step"] for step in deal["steps"]]
    assert (steps[0], steps[-1]) == ("ORDERED", "CLOSED")
    assert [fact["number"] for fact in deal["facts"]] == sorted(f["number"] for f in deal["facts"])
    assert hands.dealer.get(made["order"])["status"] == "COMPLETED"


def test_every_desk_reads_what_is_its_own_and_no_more(hands: Hands) -> None:
    made = place_financed(hands)
    receive(hands, made["order"], damaged=5)
    hands.bank()
    loan = hands.dealer.items("/loans")[0]
    detail = hands.lender.get(f"/loans/{loan['number']}")
    assert detail["owed"]["principal"] == detail["principal_left"]
    line = hands.dealer.get("/credit-line")
    assert line["limit"] == line["used"] + line["held"] + line["free"]
    facility = hands.lender.get(f"/facilities/{line['facility']}")
    assert (facility["used"], facility["limit"]) == (line["used"], line["limit"])
    assessment = hands.lender.items("/assessments")[0]
    full = hands.dealer.get(f"/assessments/{assessment['number']}")
    assert all(reason["words"] for reason in full["reasons"])
    pledge = hands.keeper.items("/pledges")[0]
    assert len(hands.lender.get(f"/pledges/{pledge['number']}")["lines"]) == 2
    receipt = hands.lender.items("/receipts", pledge=pledge["id"])[0]
    assert hands.keeper.get(f"/receipts/{receipt['number']}")["is_genuine"]
    purposes = {one["purpose"] for one in hands.lender.items("/payments", deal=made["key"])}
    assert purposes == {"DEPOSIT", "DISBURSEMENT", "OWN_SHARE", "SELLER_PAYMENT", "REFUND"}
    for hand in (hands.dealer, hands.seller, hands.lender):
        balance = hand.get("/books/trial-balance")
        assert balance["debit"] == balance["credit"] > 0
        account = hand.items("/books/accounts")[0]
        lines = hand.get(f"/books/accounts/{account['id']}/statement")
        assert not lines or lines[0]["balance"] == account["balance"]
        hands.other.get(f"/books/accounts/{account['id']}/statement", 404)
    consent = hands.dealer.items("/consents")[0]
    hands.lender.post(f"/consents/{consent['id']}/withdraw", expect=403)
    assert hands.dealer.post(f"/consents/{consent['id']}/withdraw")["withdrawn_at"]

    # The seller sees the order and the deal, the loan and the pledge are not its own.
    assert hands.seller.get(made["deal"])["loan_number"] == ""
    hands.seller.get(f"/loans/{loan['number']}", 404)
    # The keeper sees what it keeps, not what was paid for it.
    hands.keeper.get(made["order"], 404)
    assert hands.keeper.get(made["deal"])["order_number"] == ""
    # The other dealer sees nothing of it.
    for path in (
        made["deal"], f"{made['deal']}/agreement", made["order"], f"/loans/{loan['number']}",
        f"/pledges/{pledge['number']}", f"/receipts/{receipt['number']}",
        f"/facilities/{line['facility']}", f"/assessments/{assessment['number']}",
    ):  # fmt: skip
        hands.other.get(path, 404)
    for path in ("/deals", "/loans", "/pledges", "/releases", "/shipments", "/stock", "/payments",
                 "/receipts", "/facilities", "/assessments", "/consents"):  # fmt: skip
        assert hands.other.items(path) == []


def test_a_person_decides_what_the_rules_leave_open(hands: Hands) -> None:
    order = hands.order(pay_by="FINANCE", B1=4000)
    placed = hands.dealer.post("/orders", order, expect=201)
    assert placed["loan_status"] == "REFERRED", placed
    deal = f"/deals/{placed['deal_number']}"
    assert hands.lender.get(deal)["next"] == {"act": "decide", "by": "lender"}
    hands.dealer.post(f"{deal}/decide", {"approve": True, "reason": "me"}, expect=403)
    said = hands.lender.post(f"{deal}/decide", {"approve": False, "reason": "too much at once"})
    assert said["status"] == "DECLINED"
    after = hands.dealer.get(deal)
    assert (after["outcome"], after["next"]) == ("CANCELLED", None)


def test_what_the_rules_decline_is_refused_and_the_decision_kept(hands: Hands) -> None:
    with hands.world.worker():
        Programme.objects.update(single_name_cap=0)
    be("heliu_web")
    order = hands.order(pay_by="FINANCE", M1=10)
    assert hands.dealer.post("/orders", order, expect=409)["code"] == "finance-declined"
    assert hands.dealer.items("/deals") == []
    for asker in (hands.dealer, hands.lender):
        (kept,) = asker.items("/assessments")
        said = asker.get(f"/assessments/{kept['number']}")
        assert said["decision"] == "DECLINE"
        assert "NO_CAPACITY" in [reason["code"] for reason in said["reasons"]]
    assert hands.other.items("/assessments") == []


def test_an_order_by_transfer_is_confirmed_and_shipped_in_parts(hands: Hands) -> None:
    placed = hands.dealer.post("/orders", hands.order(M1=10, B1=5), expect=201)
    ref = f"/orders/{placed['order']['id']}"
    hands.dealer.post(f"{ref}/confirm", expect=403)
    assert hands.seller.post(f"{ref}/confirm")["status"] == "CONFIRMED"
    line = hands.seller.get(ref)["lines"][0]
    part = {"lines": [{"line": line["id"], "quantity": 4}]}
    twice = {"lines": part["lines"] * 2}
    assert hands.seller.post(f"{ref}/ship", twice, expect=422)["code"] == "line-twice"
    hands.seller.post(f"{ref}/ship", part, expect=201)
    assert hands.dealer.get(ref)["status"] == "PART_SHIPPED"
    assert hands.dealer.post(f"{ref}/cancel", expect=409)["code"] == "already-shipped"
    hands.seller.post(f"{ref}/ship", expect=201)
    assert len(hands.dealer.items("/shipments", order=placed["order"]["id"])) == 2


def test_an_order_is_cancelled_and_its_goods_are_free_again(hands: Hands) -> None:
    def free() -> int:
        return int(hands.dealer.items("/catalogue", q="M2")[0]["available"])

    before = free()
    placed = hands.dealer.post("/orders", hands.order(M2=7), expect=201)
    assert free() == before - 7
    ref = f"/orders/{placed['order']['number']}"
    cancelled = hands.seller.post(f"{ref}/cancel", {"reason": "sold elsewhere"})
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("CANCELLED", "sold elsewhere")
    assert free() == before
