"""The house's settings, the request and the approver's page, read and sent without JavaScript."""

from __future__ import annotations

import pytest
from tests.portal.browsing import browser, key_in, read, send
from tests.trade.conftest import World, laid, world

from heliu.commerce.ordering.models import Order
from heliu.commerce.ordering.operations import carts
from heliu.commerce.spending.models import Budget, PurchaseRequest, PurchaseRule
from heliu.demo.chain import enrol
from heliu.kernel.access.models import User

__all__ = ["laid", "world"]
BUYER = "buyer@d001.demo"


@pytest.fixture
def house(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The first dealer has a buyer, and people sign in as of an install."""
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    with world.worker():
        enrol(BUYER, "Buyer", world.chain.dealers["D001"], "purchaser")
        User.objects.update(is_demo=False)
    return world


def post(world: World, email: str, address: str, **data: object) -> str:
    client = browser(email)
    page = read(client, address)
    return send(client, address, {"idempotency_key": key_in(page), **data})


def test_settings_are_set_on_one_page(house: World) -> None:
    owner = house.dealer
    post(house, owner, "/company/spending", do="centre", code="shop", name="Shop", name_zh="门店")
    chinese = browser(owner)
    chinese.cookies["django_language"] = "zh-hans"
    assert "SHOP 门店" in read(chinese, "/company/spending")
    assert "SHOP Shop" in read(browser(owner), "/company/spending")
    post(house, owner, "/company/spending", do="budget", of="", period="MONTH", amount="50,000.00")
    post(house, owner, "/company/spending", do="rule", from_amount="100", **{"who-1": "manage"})
    with house.worker():
        assert Budget.objects.get().amount == 5_000_000
        assert PurchaseRule.objects.get().from_amount == 10_000
    page = read(browser(owner), "/company/spending")
    assert "SHOP" in page
    assert "1 person who may manage the house" in page
    post(house, owner, "/company/spending", do="rule", from_amount="100", remove="yes")
    with house.worker():
        assert not PurchaseRule.objects.filter(is_active=True).exists()


def test_a_buyer_may_look_and_not_set(house: World) -> None:
    client = browser(BUYER)
    page = read(client, "/company/spending")
    assert 'name="do"' not in page
    answer = client.post(
        "/company/spending", {"idempotency_key": "k" * 32, "do": "centre", "code": "X", "name": "X"}
    )
    assert answer.status_code == 403


def test_a_refused_form_keeps_what_was_typed(house: World) -> None:
    answer = browser(house.dealer).post(
        "/company/spending",
        {"idempotency_key": "k" * 32, "do": "budget", "period": "MONTH", "amount": "much"},
    )
    assert answer.status_code == 422
    assert 'value="much"' in answer.content.decode()


def test_from_checkout_to_the_last_yes(house: World) -> None:
    post(house, house.dealer, "/company/spending", do="rule", **{"who-1": "sign"})
    with house.desk(BUYER) as buyer:
        goods = {house.chain.skus["M1"]: 10, house.chain.skus["B1"]: 2}
        carts.fill_cart(actor=buyer, seller=house.chain.seller, quantities=goods)
    client = browser(BUYER)
    page = read(client, "/dealer/checkout?pay_by=TRANSFER")
    assert "Ask for agreement" in page
    there = send(
        client,
        "/dealer/checkout",
        {
            "seller": "seller", "pay_by": "TRANSFER", "ask": "yes", "reason": "The shelf is empty",
            "idempotency_key": key_in(page),
        },
        to="/requests/PR-",
    )  # fmt: skip
    assert "1 person who may sign" in read(client, there)
    with house.worker():
        question = f"/approvals/{house_question()}"
    owner = browser(house.dealer)
    page = read(owner, question)
    assert "The shelf is empty" in page
    key = key_in(page)
    send(owner, question, {"idempotency_key": key, "strike": "2", "why-2": "Enough of these"})
    page = read(owner, question)
    assert "Enough of these" in page
    send(owner, question, {"idempotency_key": key_in(page), "agrees": "yes"}, to="/approvals")
    with house.worker():
        order = Order.objects.get(pk=PurchaseRequest.objects.get().pk)
        assert (order.total, order.placed_by_name) == (4_000, "Buyer")  # the bags alone
    assert "/deals/DL-" in read(browser(BUYER), there)
    assert "PR-" in read(browser(BUYER), "/requests")


def test_whoever_asked_changes_and_withdraws(house: World) -> None:
    post(house, house.dealer, "/company/spending", do="rule", **{"who-1": "sign"})
    from heliu.trade import purchases

    with house.desk(BUYER) as buyer:
        asked = purchases.ask(
            actor=buyer, seller=house.chain.seller, lines=house.lines(M1=10), pay_by="TRANSFER",
            reason="low", at=house.at,
        )  # fmt: skip
    there = f"/requests/{asked.number}"
    assert post(house, BUYER, there, do="change", **{"quantity-1": "4"}) == there
    more = post(house, BUYER, there, do="change", **{"quantity-1": "40"})
    assert more != there
    post(house, BUYER, more, do="withdraw")
    with house.worker():
        assert set(PurchaseRequest.objects.values_list("status", flat=True)) == {"WITHDRAWN"}


def test_a_colleague_stands_in(house: World) -> None:
    person = house.actor(BUYER).user_id
    post(
        house, house.dealer, "/approvals/away",
        deputy=str(person), starts="2026-11-02", ends="2026-11-09",
    )  # fmt: skip
    page = read(browser(house.dealer), "/approvals/away")
    assert "Buyer" in page
    assert 'name="end"' in page
    assert 'name="end"' not in read(browser(BUYER), "/approvals/away")


def house_question() -> str:
    from heliu.kernel.approvals.models import Approval

    return str(Approval.objects.get(act="purchase").pk)
