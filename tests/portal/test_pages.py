"""The dealer's main path through the pages alone: no JavaScript, forms and links only."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.credit.models import CreditAssessment, Programme
from heliu.kernel.access.models import User
from heliu.kernel.consent.operations import is_disclosed
from heliu.kernel.events.models import Notice
from heliu.kernel.goods.models import Sku
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deliveries
from heliu.trade.models import Deal


def order(client: Client, demo: World, **pieces: int) -> str:
    """From the pad to the signature; returns the address of the deal."""
    rows = {"code": list(pieces), "quantity": list(map(str, pieces.values()))}
    send(
        client,
        "/dealer/pad",
        {**rows, "remark": [""] * len(pieces), "action": "order"},
        to="checkout",
    )
    page = read(client, "/dealer/checkout")
    form = {
        "idempotency_key": key_in(page),
        "pay_by": "FINANCE",
        "terms": re.search(r'name="terms" value="([^"]+)" checked', page)[1],  # type: ignore[index]
    }
    address = send(client, "/dealer/checkout", form, to=r"/deals/DL-\d+-\d+/sign")
    assert send(client, "/dealer/checkout", form) == address  # a double tap orders once
    return address.removesuffix("/sign")


def sign(client: Client, demo: World, deal: str) -> None:
    page = read(client, f"{deal}/sign")
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert digest
    name = User.objects.get(username=demo.dealer).name
    form = {
        "digest": digest[1],
        "consent": "yes",
        "signature": name,
        "idempotency_key": key_in(page),
    }
    send(client, f"{deal}/sign", form, to=deal)


def test_a_no_of_the_bank_is_shown_and_kept(demo: World) -> None:
    dealer = browser(demo.dealer)
    rows = {"code": ["M1"], "quantity": ["200"], "remark": [""]}
    send(dealer, "/dealer/pad", {**rows, "action": "order"}, to="checkout")
    form = {"idempotency_key": key_in(read(dealer, "/dealer/checkout")), "pay_by": "FINANCE"}
    with demo.worker():
        Programme.objects.update(single_name_cap=0)  # meanwhile
    be("heliu_web")
    answer = dealer.post("/dealer/checkout", form)
    assert answer.status_code == 409
    assert "rules say no to financing this order" in unescape(answer.content.decode())
    with demo.worker():
        assert CreditAssessment.objects.get().decision == "DECLINE"
        assert not Deal.objects.exists()


def test_from_the_pad_to_the_pick_up_code(demo: World) -> None:
    dealer = browser(demo.dealer)
    deal = order(dealer, demo, M1=200, B1=100)
    sign(dealer, demo, deal)
    demo.bank()

    seller = browser("sales@seller.demo")
    page = read(seller, deal)
    assert "Ship…" in page
    sheet = read(seller, f"{deal}/ship")
    lines = dict(re.findall(r'name="(line-\d+)" value="(\d+)"', sheet))
    send(seller, f"{deal}/ship", {**lines, "carrier": "Shunda", "idempotency_key": key_in(sheet)})
    with demo.desk("gate@warehouse.demo") as keeper:
        shipment = Shipment.objects.get()
        counts = [Count(line.id, line.quantity) for line in shipment.lines.all()]
        deliveries.goods_received(shipment.pk, actor=keeper, counts=counts, at=demo.later(days=1))

    assert "pledged" in read(dealer, deal)
    demo.later(days=10)
    sheet = read(dealer, f"{deal}/repay?share=50")
    assert "whole pieces, oldest first" in sheet
    amount = re.search(r'name="amount" value="([\d,.]+)"', sheet)
    assert amount
    form = {"amount": amount[1], "idempotency_key": key_in(sheet)}
    send(dealer, f"{deal}/repay", form, to=deal)
    demo.bank()

    release = re.search(r"/dealer/pick-ups/(RO-\d+-\d+)", read(dealer, "/dealer/pick-ups"))
    assert release
    with demo.desk(demo.dealer):
        code = str(Notice.objects.get(kind="goods-released").params["code"])
    ticket = read(dealer, release[0])
    assert code in ticket
    assert "<svg" in ticket
    send(dealer, release[0], {}, to=release[0])
    fresh = read(dealer, release[0])
    assert code not in fresh  # a new code, and only it is shown
    assert re.search(r"[2-9A-Y]{3} [2-9A-Y]{3}", fresh)


def test_each_party_reads_the_deal_in_its_own_words_and_nobody_else_does(demo: World) -> None:
    dealer = browser(demo.dealer)
    deal = order(dealer, demo, M1=100)
    sign(dealer, demo, deal)
    demo.bank()
    assert "Repay" in read(dealer, deal)
    assert "paid by a bank" in read(browser("sales@seller.demo"), deal)
    assert "loan to" in read(browser("credit@bank.demo"), deal)
    keeper = read(browser("gate@warehouse.demo"), deal)
    assert "under pledge" in keeper
    assert "Loan agreement" not in keeper
    stranger = browser("owner@d002.demo")
    for address in (deal, f"{deal}/sign", f"{deal}/repay", f"{deal}/agreement", f"{deal}/cancel"):
        assert "nothing here" in read(stranger, address, status=404)
    assert deal.removeprefix("/deals/") not in read(stranger, "/deals?tab=all")


def test_a_refusal_keeps_what_was_typed_and_changes_nothing(demo: World) -> None:
    dealer = browser(demo.dealer)
    deal = order(dealer, demo, M1=100)
    page = read(dealer, f"{deal}/sign")
    form = {"digest": "0" * 64, "signature": "Somebody else", "idempotency_key": key_in(page)}
    be("heliu_web")
    answer = dealer.post(f"{deal}/sign", form)
    assert answer.status_code == 422
    text = unescape(answer.content.decode())
    assert 'value="Somebody else"' in text
    assert key_in(text) == form["idempotency_key"]
    assert "To be signed" in read(dealer, deal)


def test_bad_rows_stay_in_the_pad_and_good_ones_go_on(demo: World) -> None:
    dealer = browser(demo.dealer)
    rows = {
        "code": ["M1", "M9", "B1"], "quantity": ["10", "5", "1.5"], "remark": ["", "", ""],
    }  # fmt: skip
    be("heliu_web")
    checked = unescape(dealer.post("/dealer/pad", {**rows, "action": "check"}).content.decode())
    assert checked.count("not counted") == 2
    assert 'value="2:code:M1"' in checked or "M1" in checked
    send(dealer, "/dealer/pad", {**rows, "action": "order"}, to="checkout")
    left = read(dealer, "/dealer/pad")
    assert 'value="M9"' in left
    assert 'value="1.5"' in left
    assert "How to pay 100.00" in read(dealer, "/dealer/checkout")


def test_a_pasted_list_is_read_and_priced(demo: World) -> None:
    dealer = browser(demo.dealer)
    send(
        dealer,
        "/dealer/pad",
        {"paste": "编码\t数量\nM1\t1,200\nb1\t3", "action": "read"},
        to="/dealer/pad",
    )
    page = read(dealer, "/dealer/pad")
    assert 'value="1200"' in page
    assert "Blue mug" in page
    assert "10,800" in page  # 1,200 at the tier from a hundred pieces


def test_a_case_informs_and_binds_nobody(demo: World) -> None:
    with demo.worker():
        Sku.objects.filter(code="M1").update(case_quantity=12)
    dealer = browser(demo.dealer)
    page = read(dealer, "/dealer/catalogue?q=mug")
    assert page.count("12 in a case") == 1
    assert order(dealer, demo, M1=7)


def test_the_language_stays_and_the_page_too(demo: World) -> None:
    dealer = browser(demo.dealer)
    form = {"language": "zh-hans", "next": "/dealer/catalogue?q=mug"}
    assert send(dealer, "/language", form) == "/dealer/catalogue?q=mug"
    assert 'lang="zh-Hans"' in read(dealer, "/dealer/catalogue?q=mug")
    away = {"language": "en", "next": "https://elsewhere.example/"}
    assert send(dealer, "/language", away) == "/"
    be("heliu_web")
    assert User.objects.get(username=demo.dealer).language == "en"


def test_nobody_reads_without_signing_in(demo: World) -> None:
    be("heliu_web")
    answer = Client().get("/dealer/finance")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fdealer%2Ffinance")
    page = unescape(Client(HTTP_ACCEPT_LANGUAGE="en").get("/sign-in/").content.decode())
    assert "Password" in page
    wrong = Client().post("/sign-in/", {"email": demo.dealer, "password": "no"})
    assert wrong.status_code == 422
    assert demo.dealer in wrong.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/dealer/", "/dealer/catalogue", "/dealer/catalogue?q=blue&family=mugs", "/dealer/pad",
        "/dealer/finance", "/dealer/finance?tab=all", "/dealer/pick-ups", "/deals", "/deals?tab=all&q=SO",
        "/inbox", "/inbox?new=1", "/company", "/help", "/find?q=mug", "/find?q=DL-", "/find",
    ],
)  # fmt: skip
def test_every_page_is_there_from_the_first_day(demo: World, address: str) -> None:
    read(browser(demo.dealer), address)


def test_the_palette_finds_numbers_what_to_do_next_and_pages(demo: World) -> None:
    dealer, seller = browser(demo.dealer), browser("sales@seller.demo")
    deal = order(dealer, demo, M1=50)

    def found(client: Client, text: str) -> str:
        be("heliu_web")
        answer = client.get("/find", {"q": text}, headers={"HX-Target": "palette"})
        return unescape(answer.content.decode())

    number = deal.rpartition("/")[2].lower()
    assert f'href="{deal}"' in found(dealer, number)
    assert f'href="{deal}/sign"' in found(dealer, number)
    assert f'href="{deal}/sign"' not in found(seller, number)
    assert 'href="/company/addresses"' in found(dealer, "address b")
    assert 'href="/dealer/finance"' in found(dealer, "")
    assert 'href="/seller/' not in found(dealer, "M1") + found(dealer, "pri")
    assert "Nothing found" in found(dealer, "no such thing")
    assert "<html" not in found(dealer, number)


def test_a_deposit_to_pay_in_waits_where_the_dealer_looks_first(demo: World) -> None:
    with demo.worker():
        Programme.objects.update(deposit_by="PAID_IN")
    placed = life.place(demo, M1=1_000, B1=1_050)
    life.sign(demo, placed)
    dealer = browser(demo.dealer)
    for address in ("/dealer/", "/dealer/finance?tab=all"):
        assert "Pay 6,000.00 in by" in read(dealer, address)


def test_the_day_of_shipping_stands_on_the_first_page_of_the_seller(demo: World) -> None:
    placed = life.place(demo, M1=1_000, B1=1_050)
    life.sign(demo, placed)
    demo.bank()
    with demo.worker():
        Deal.objects.filter(pk=placed.deal.pk).update(ship_by=date(2026, 11, 5))
    page = read(browser("sales@seller.demo"), "/seller/")
    assert '<time class="nw" datetime="2026-11-05">5 Nov</time>' in page


def test_more_than_a_form_holds_is_refused_in_words(demo: World, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    be("heliu_web")
    answer = browser(demo.dealer).post("/dealer/pad", {f"q-{n}": "1" for n in range(9)})
    assert answer.status_code == 400
    assert "This form holds too much" in unescape(answer.content.decode())


def test_a_consent_is_withdrawn_with_all_that_say_the_same(demo: World) -> None:
    dealer = browser(demo.dealer)
    for code in ("M1", "B1"):
        sign(dealer, demo, order(dealer, demo, **{code: 50}))
    page = read(dealer, "/company")
    assert page.count("In force") == 1
    address = re.search(r"/company/consents/[0-9a-f-]{36}", page)
    assert address
    send(dealer, address[0], {}, to="/company")
    assert "In force" not in read(dealer, "/company")
    with demo.desk(demo.dealer):
        assert not is_disclosed(
            of=demo.chain.dealers["D001"], to=demo.chain.bank, at=demo.later(minutes=1)
        )


def test_a_form_that_is_sent_twice_is_answered_twice(demo: World) -> None:
    dealer = browser(demo.dealer)
    deal = order(dealer, demo, M1=200, B1=100)
    page = read(dealer, f"{deal}/sign")
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert digest
    name = User.objects.get(username=demo.dealer).name
    form = {
        "digest": digest[1], "consent": "yes", "signature": name, "idempotency_key": key_in(page),
    }  # fmt: skip
    first = send(dealer, f"{deal}/sign", form)
    assert send(dealer, f"{deal}/sign", form) == first
    assert dealer.post(f"{deal}/sign", {**form, "idempotency_key": "another"}).status_code == 404
    demo.bank()
    key = key_in(read(dealer, f"{deal}/repay?share=100"))
    paid = {"idempotency_key": key, "amount": "100000000"}
    first = send(dealer, f"{deal}/repay", paid)
    demo.bank()  # and with that nothing is owed any more
    assert send(dealer, f"{deal}/repay", paid) == first
