"""The bank's door: signed bytes from outside, without a token, once each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client
from tests.api.hands import Hands
from tests.conftest import be

from heliu.capital.bank.notices import Notice, written
from heliu.capital.bank.port import sign
from heliu.kernel.ids import new_id
from heliu.trade.bank_answers import apply_answers
from heliu.trade.registry_answers import file_written


def knock(raw: bytes, signature: str) -> tuple[int, dict[str, Any]]:
    """As the bank does: no token, no session, no CSRF token."""
    answer = Client(enforce_csrf_checks=True).post(
        "/api/v1/bank/notices", raw, content_type="application/json",
        headers={"X-Bank-Signature": signature},
    )  # fmt: skip
    return answer.status_code, answer.json()


def signed_deposit(hands: Hands) -> dict[str, Any]:
    """The deposit that a signature has called in."""
    placed = hands.dealer.post("/orders", hands.order(pay_by="FINANCE", M1=100), expect=201)
    deal = f"/deals/{placed['deal_number']}"
    digest = hands.dealer.get(f"{deal}/agreement")["digest"]
    hands.dealer.post(f"{deal}/sign", {"agreement_digest": digest, "consent": True})
    found: dict[str, Any] = hands.dealer.items("/payments", purpose="DEPOSIT")[0]
    return found | {"path": deal}


def booked(payment: dict[str, Any], at: datetime, **change: Any) -> bytes:
    said = {"instruction": UUID(payment["id"]), "amount": payment["amount"], **change}
    return written(Notice(id="bank-1", outcome="BOOKED", booked_at=at, **said))


def test_a_notice_is_kept_once_and_leads_the_deal_on(hands: Hands) -> None:
    payment = signed_deposit(hands)
    raw = booked(payment, hands.world.at)
    assert knock(raw, sign(raw)) == (202, {"id": "bank-1", "is_new": True})
    assert knock(raw, sign(raw)) == (202, {"id": "bank-1", "is_new": False})
    assert hands.dealer.get(f"/payments/{payment['number']}")["status"] == "CREATED"
    be("heliu_worker")
    assert apply_answers(at=hands.world.at) == 1
    be("heliu_web")
    assert hands.dealer.get(f"/payments/{payment['number']}")["status"] == "BOOKED"
    assert hands.dealer.get(payment["path"])["status"] == "FUNDED_SHARE"
    be("heliu_worker")
    assert file_written(at=hands.world.at) == 1  # nobody else has a claim
    be("heliu_web")
    assert hands.dealer.get(payment["path"])["status"] == "DISBURSING"


def test_a_notice_wakes_the_worker_once(hands: Hands) -> None:
    def jobs() -> int:
        be("heliu_worker")
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from procrastinate_jobs where task_name = 'trade.bank_work'"
            )
            found = int(cursor.fetchone()[0])
        be("heliu_web")
        return found

    payment = signed_deposit(hands)
    before = jobs()
    raw = booked(payment, hands.world.at)
    assert knock(raw, "0" * 64)[0] == 403
    assert jobs() == before
    for _ in range(2):
        assert knock(raw, sign(raw))[0] == 202
        assert jobs() == before + 1


def test_only_the_bank_is_believed(hands: Hands) -> None:
    payment = signed_deposit(hands)
    raw = booked(payment, hands.world.at)
    other = booked(payment, hands.world.at, amount=payment["amount"] + 1)
    for body, signature, status, code in (
        (other, sign(raw), 403, "bad-signature"),
        (raw, "0" * 64, 403, "bad-signature"),
        (raw, "", 422, "not-valid"),
        (raw, sign(raw).upper(), 422, "not-valid"),
        (b"\xff\x00", sign(b"\xff\x00"), 422, "notice-unreadable"),
        (b"[" * 5000, sign(b"[" * 5000), 422, "notice-unreadable"),
    ):
        said, problem = knock(body, signature)
        assert (said, problem["code"]) == (status, code)
    be("heliu_worker")
    assert apply_answers(at=hands.world.at) == 0
    be("heliu_web")
    assert hands.dealer.get(payment["path"])["status"] == "AWAIT_DEPOSIT"


def test_the_lender_sees_what_contradicts_and_nobody_else_does(hands: Hands) -> None:
    payment = signed_deposit(hands)
    raw = booked(payment, hands.world.at, amount=payment["amount"] - 1)
    assert knock(raw, sign(raw))[0] == 202
    stray = booked(payment, hands.world.at, instruction=new_id())
    stray = stray.replace(b"bank-1", b"bank-2")
    assert knock(stray, sign(stray))[0] == 202
    be("heliu_worker")
    apply_answers(at=hands.world.at)
    be("heliu_web")
    flagged = hands.lender.items("/bank/notices")
    assert [(one["id"], one["status"]) for one in flagged] == [("bank-1", "CONFLICT")]
    for hand in (hands.dealer, hands.seller, hands.keeper):
        assert hand.items("/bank/notices") == []
