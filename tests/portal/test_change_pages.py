"""The buyer's sheet of changes, the seller's word and the house's, read and sent as pages."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.pictures import png
from tests.portal.browsing import browser, key_in, read, send
from tests.trade.conftest import World, laid, world

from heliu.commerce.ordering.models import Order, OrderChange
from heliu.commerce.ordering.operations import carts
from heliu.commerce.spending import operations as spending
from heliu.demo.chain import enrol
from heliu.kernel.access.models import User
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.models import TradingRelationship
from heliu.trade import deals, place_order

__all__ = ["laid", "world"]
SALES, CHIEF = "sales@seller.demo", "chief@d001.demo"


@pytest.fixture
def house(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    with world.worker():
        enrol(CHIEF, "Chief", world.chain.dealers["D001"], "owner")
        User.objects.update(is_demo=False)
    return world


def placed(world: World) -> tuple[UUID, str]:
    with world.desk(world.dealer) as owner:
        done = place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=20, M2=5),
            pay_by="TERMS", at=world.at,
        )  # fmt: skip
        return done.order.pk, f"/deals/{done.deal.number}"


def told(client: Client, address: str, data: dict[str, object]) -> str:
    """What a form answers that leads nowhere yet."""
    answer = client.post(address, data)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def lines_of(page: str) -> list[str]:
    return re.findall(r'name="(line-\d+)"', page)


def test_the_sheet_shows_what_it_comes_to_and_then_changes_it(house: World) -> None:
    order, deal = placed(house)
    client = browser(house.dealer)
    assert f"{deal}/change" in read(client, deal)
    page = read(client, f"{deal}/change")
    first, second = lines_of(page)
    typed = {
        "idempotency_key": key_in(page), "seen": "0", first: "10", second: "0", "code": "B1",
        "quantity": "2", "wanted_on": "2026-12-01", "external_id": "PO-3", "remark": "ring",
    }  # fmt: skip
    shown = told(client, f"{deal}/change", {**typed, "do": "look"})
    assert all(words in shown for words in ("PO-3", "140.00", 'value="10"'))
    with house.worker():
        assert not OrderChange.objects.exists()
    page = read(client, send(client, f"{deal}/change", {**typed, "do": "change"}))
    assert all(words in page for words in ("The order is changed.", "PO-3", "ring"))
    with house.worker():
        assert Order.objects.get(pk=order).total == 14_000
    assert "PO-3" in read(browser(SALES), deal)
    assert "PO-3" in read(browser(SALES), "/seller/orders?q=PO-3")


def test_what_is_typed_stays_when_it_is_refused(house: World) -> None:
    _order, deal = placed(house)
    client = browser(house.dealer)
    page = read(client, f"{deal}/change")
    first, _second = lines_of(page)
    answer = client.post(
        f"{deal}/change",
        {"idempotency_key": key_in(page), "do": "change", first: "1000000", "remark": "kept words"},
    )
    said = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in said for words in ('value="1000000"', "kept words", 'role="alert"'))


def test_the_house_then_the_seller_say_their_word(house: World) -> None:
    order, deal = placed(house)
    with house.desk(house.dealer) as owner:
        spending.set_rule(levels=[Level("manage")], from_amount=100, actor=owner, at=house.at)
    with house.desk(SALES) as sales:
        place_order.confirm(order, actor=sales, at=house.at)
    client = browser(house.dealer)
    page = read(client, f"{deal}/change")
    first, _second = lines_of(page)
    typed = {"idempotency_key": key_in(page), first: "40", "reason": "feast"}
    assert "Ask for agreement" in told(client, f"{deal}/change", {**typed, "do": "look"})
    send(client, f"{deal}/change", {**typed, "do": "change"})
    assert "Your house is asked" in read(client, deal)
    assert "Change that waits" not in read(browser(SALES), deal)
    with house.worker():
        question = f"/approvals/{Approval.objects.get(act='order-change').pk}"
    chief = browser(CHIEF)
    page = read(chief, question)
    assert all(words in page for words in ("20 × 10.00", "40 × 10.00", "feast"))
    send(chief, question, {"idempotency_key": key_in(page), "agrees": "yes"})
    seller = browser(SALES)
    page = read(seller, deal)
    assert "Change that waits" in page
    assert "feast" not in page
    key = key_in(page[page.index("change-reason") - 400 :])
    send(seller, f"{deal}/change/answer", {"idempotency_key": key, "word": "yes"})
    page = read(seller, deal)
    assert "Change 1" in page
    assert "40 × 10.00" in page
    with house.worker():
        assert OrderChange.objects.get().status == "MADE"
        assert deals.Deal.objects.get(order_id=order).number in deal


def test_the_seller_s_order_rules_and_what_the_checkout_says(house: World) -> None:
    client = browser(SALES)
    for address, said in (
        ("/seller/order-rules/all", {"amount": "300"}),
        ("/seller/order-rules/dealer", {"dealer": "d001", "amount": "200"}),
        ("/seller/order-rules/packs", {"code": "M2", "order_minimum": "6", "order_multiple": "3"}),
    ):
        page = read(client, address)
        send(client, address, {"idempotency_key": key_in(page), **said})
    page = re.sub(r"<[^>]+>", "", read(client, "/seller/order-rules"))
    assert all(words in page for words in ("300.00", "200.00", "M2"))
    with house.worker():
        assert Sku.objects.get(code="M2").order_minimum == 6
        dealer = TradingRelationship.objects.get(buyer=house.chain.dealers["D001"])
        assert dealer.least_order == 20_000
    with house.desk(house.dealer) as owner:
        goods = {house.chain.skus["M1"]: 15}
        carts.fill_cart(actor=owner, seller=house.chain.seller, quantities=goods)
    page = read(browser(house.dealer), "/dealer/checkout?pay_by=TRANSFER")
    assert "50.00 is missing" in page
    page = read(client, "/seller/order-rules/dealer?dealer=d001")
    assert 'value="200.00"' in page
    send(client, "/seller/order-rules/dealer", {
        "idempotency_key": key_in(page), "dealer": "d001", "amount": ""})  # fmt: skip
    assert "The same of all." in read(client, "/seller/order-rules")


def test_the_checkout_takes_the_words_of_the_order(house: World) -> None:
    with house.desk(house.dealer) as owner:
        goods = {house.chain.skus["M1"]: 15, house.chain.skus["M2"]: 2}
        carts.fill_cart(actor=owner, seller=house.chain.seller, quantities=goods)
    client = browser(house.dealer)
    page = read(client, "/dealer/checkout?pay_by=TRANSFER")
    day = f"day-{house.chain.skus['M2']}"
    wrong = client.post("/dealer/checkout", {
        "seller": "seller", "pay_by": "TRANSFER", "idempotency_key": key_in(page),
        "wanted_on": "2020-01-01", "external_id": "PO-4", "remark": "gate 2", day: "2026-12-24",
    })  # fmt: skip
    said = wrong.content.decode()
    assert wrong.status_code == 422
    assert "between today and two years" in said
    assert all(kept in said for kept in ("PO-4", "gate 2", "2026-12-24"))
    led = send(client, "/dealer/checkout", {
        "seller": "seller", "pay_by": "TRANSFER", "idempotency_key": key_in(page),
        "wanted_on": "2026-12-20", "external_id": "PO-4", "remark": "gate 2", day: "2026-12-24",
    })  # fmt: skip
    page = read(client, led)
    assert all(told in page for told in ("PO-4", "gate 2", "wished for"))


def test_papers_sent_with_an_order_are_read_by_its_seller(house: World) -> None:
    with house.desk(house.dealer) as owner:
        carts.fill_cart(
            actor=owner, seller=house.chain.seller, quantities={house.chain.skus["M1"]: 15}
        )
    client = browser(house.dealer)
    page = read(client, "/dealer/checkout?pay_by=TRANSFER")
    form = {"seller": "seller", "pay_by": "TRANSFER", "idempotency_key": key_in(page)}
    wrong = client.post("/dealer/checkout", form | {"file": SimpleUploadedFile("po.png", b"no")})
    assert wrong.status_code == 422
    with house.worker():
        assert not Order.objects.filter(status="PLACED").exists()
    papers = [
        SimpleUploadedFile(f"po-{n}.png", png(mark=bool(n)), content_type="image/png")
        for n in range(2)
    ]
    led = send(client, "/dealer/checkout", form | {"file": papers}, to="/deals/")
    sales = read(browser(SALES), led)
    assert all(f"po-{n}.png" in sales for n in range(2)), sales
