"""The pages of webhooks, from adding one to sending a message again."""

from __future__ import annotations

import re

import pytest
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade.conftest import World

from heliu.kernel.dispatch.models import Reach, Wish
from heliu.kernel.webhooks.models import Delivery, Endpoint

HOOK = r"/company/webhooks/[0-9a-f-]{36}$"


def test_a_house_adds_changes_tests_and_ends_a_webhook(demo: World) -> None:
    owner = browser("owner@d001.demo")
    assert "No webhooks yet" in read(owner, "/company/webhooks")
    form = read(owner, "/company/webhooks/new")
    typed = {"idempotency_key": key_in(form), "name": "ERP", "url": "https://erp.example.com/in"}
    none = owner.post("/company/webhooks/new", {**typed, "which": "some"})
    assert none.status_code == 422
    assert "Tick at least one kind." in none.content.decode()
    inside = owner.post("/company/webhooks/new", {**typed, "url": "https://10.0.0.1/"})
    assert inside.status_code == 422
    address = send(owner, "/company/webhooks/new", {**typed, "which": "all"}, to=HOOK)
    page = read(owner, address)
    assert re.search(r"whsec_[A-Za-z0-9+/]{43}=", page)
    demo.later(hours=2)
    page = read(owner, address)
    assert "whsec_" not in page
    send(owner, f"{address}/act", {"act": "test", "idempotency_key": key_in(page)}, to=HOOK)
    with demo.worker():
        sent = Delivery.objects.get()
        Delivery.objects.update(status="FAILED", code=500, problem="REFUSED", ended_at=demo.at)
    message = read(owner, f"{address}/messages/{sent.pk}")
    assert "heliu.test" in message
    again = {"delivery": sent.pk, "idempotency_key": key_in(message)}
    send(owner, f"{address}/replay", again, to=rf"/messages/{sent.pk}$")
    with demo.worker():
        assert Delivery.objects.get().status == "WAITING"
    changed = {**typed, "idempotency_key": "c" * 32, "which": "some", "kind": ["capital.repaid"]}
    send(owner, f"{address}/change", changed, to=HOOK)
    assert "1 kind" in read(owner, "/company/webhooks")
    send(owner, f"{address}/act", {"act": "end", "idempotency_key": "d" * 32}, to=HOOK)
    with demo.worker():
        assert Endpoint.objects.get().status == "ENDED"
        assert Delivery.objects.get().status == "DROPPED"
    be("heliu_web")
    assert owner.post(f"{address}/act", {"act": "explode"}).status_code == 404


def test_all_that_failed_in_some_days_is_sent_again(demo: World) -> None:
    owner = browser("owner@d001.demo")
    typed = {"idempotency_key": "a" * 32, "name": "ERP", "url": "https://erp.example.com/in"}
    address = send(owner, "/company/webhooks/new", {**typed, "which": "all"}, to=HOOK)
    for key in "bcd":
        send(owner, f"{address}/act", {"act": "test", "idempotency_key": key * 32}, to=HOOK)
    with demo.worker():
        Delivery.objects.update(status="FAILED", code=500, problem="REFUSED", ended_at=demo.at)
    days = {"since": "2026-11-02", "until": "2026-11-02", "idempotency_key": "e" * 32}
    send(owner, f"{address}/replay", days, to=HOOK)
    assert "3 messages are sent again" in read(owner, address)
    with demo.worker():
        assert Delivery.objects.filter(status="WAITING").count() == 3


def test_whoever_may_not_manage_is_not_led_there(demo: World) -> None:
    keeper = browser("gate@warehouse.demo")
    assert "/company/webhooks" not in read(keeper, "/company")
    read(keeper, "/company/webhooks", 403)
    read(keeper, "/company/webhooks/new", 403)


@pytest.mark.parametrize("phone", ["13800000000", "+86 138-0000-0000"])
def test_a_person_says_how_they_want_to_be_reached(demo: World, phone: str) -> None:
    owner = browser("owner@d001.demo")
    page = read(owner, "/inbox/outward")
    assert 'name="mail-loan-due" aria-label="A loan is due soon, E-mail" checked' in page
    said = {
        "idempotency_key": key_in(page), "mail": "DAILY", "phone": phone,
        "quiet_from": "22", "quiet_to": "7", "mail-deal-closed": "on", "sms-loan-due": "on",
    }  # fmt: skip
    send(owner, "/inbox/outward", said, to="/inbox/outward")
    with demo.worker():
        reach = Reach.objects.get()
        assert (reach.mail, reach.quiet_from, reach.quiet_to) == ("DAILY", 22, 7)
        wishes = {wish.kind: (wish.mail, wish.sms) for wish in Wish.objects.all()}
    assert wishes["deal-closed"] == (True, False)
    assert wishes["loan-due"] == (False, True)
    be("heliu_web")
    assert (
        owner.post(
            "/inbox/outward", {**said, "idempotency_key": "z" * 32, "phone": "home"}
        ).status_code
        == 422
    )
