"""VAT invoices through the pages alone: data and rates once, then written, issued and read."""

from __future__ import annotations

from tests.portal.browsing import browser, key_in, read, send
from tests.portal.test_seller_desk import SELLER, content
from tests.trade import life
from tests.trade.conftest import World
from tests.trade.test_vat import titled, write

from heliu.trade import place_order, vat

BUYER = "owner@d001.demo"
FIELDS = {
    "address": "Road 1",
    "phone": "0577 1",
    "bank": "ICBC",
    "account": "6222",
    "wants": "SPECIAL",
}


def test_data_and_rates_are_given_once_and_an_invoice_goes_its_way(demo: World) -> None:
    placed = life.place(demo, pay_by="TERMS", M1=100)
    with demo.desk(SELLER) as actor:
        place_order.confirm(placed.order.id, actor=actor, at=demo.later(hours=1))
    shipment = life.ship(demo, placed)
    seller, buyer = browser(SELLER), browser(BUYER)
    assert "Your house has given no tax data yet" in read(seller, "/seller/vat")
    for who, number in ((seller, "91330200MA28ABC456"), (buyer, "91330100MA27XYZ123")):
        sheet = read(who, "/company/tax")
        form = FIELDS | {"name": "House", "number": number, "idempotency_key": key_in(sheet)}
        bad = who.post("/company/tax", form | {"number": "12"})
        assert bad.status_code == 422
        send(who, "/company/tax", form, to="/company")
    assert "No tax rate is set yet" in read(seller, "/seller/vat")
    sheet = read(seller, "/seller/vat/rates")
    form = {"rate": "13", "from_day": "2026-01-01", "idempotency_key": key_in(sheet)}
    send(seller, "/seller/vat/rates", form, to="/seller/vat/rates")
    page = content(read(seller, "/seller/vat"))
    assert shipment.number in page
    form = {"shipment": str(shipment.pk), "idempotency_key": key_in(page)}
    send(seller, "/seller/vat/write", form, to="/seller/vat")
    assert "To be issued" in content(read(seller, "/seller/vat"))
    with demo.worker():
        vat.run(at=demo.at)
    for who, address in (
        (seller, "/seller/vat"),
        (buyer, "/dealer/vat"),
        (buyer, f"/deals/{placed.deal.number}"),
    ):
        assert "Special VAT invoice" in content(read(who, address))
    page = content(read(buyer, "/dealer/vat"))
    assert "796<i>.46</i>" in page  # 900.00 at 13 %
    paper = page.split('href="/vat-invoices/')[1].split('"')[0]
    for language in ("en", "zh-hans"):
        answer = buyer.get(f"/vat-invoices/{paper}?language={language}")
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")


def test_a_red_letter_by_hand_says_why_and_takes_no_more_than_is_left(demo: World) -> None:
    titled(demo)
    placed = life.place(demo, pay_by="TRANSFER", M1=100, B1=2)
    with demo.desk(SELLER) as actor:
        place_order.confirm(placed.order.id, actor=actor, at=demo.later(hours=1))
    blue = write(demo, life.ship(demo, placed))
    with demo.worker():
        vat.run(at=demo.at)
        line = blue.lines.order_by("position").first()
    seller, address = browser(SELLER), f"/seller/vat/{blue.pk}/red"
    assert address in read(seller, "/seller/vat")
    assert browser(BUYER).get(address).status_code in (403, 404)
    sheet = read(seller, address)
    assert "900<i>.00" in sheet
    form = {
        f"gross-{line.order_line}": "50.00", f"pieces-{line.order_line}": "5",
        "reason": "price agreed afterwards", "idempotency_key": key_in(sheet),
    }  # fmt: skip
    assert seller.post(address, form | {"reason": ""}).status_code == 422
    beyond = seller.post(address, form | {f"gross-{line.order_line}": "900.01"})
    assert "only 900.00 CNY can be taken back" in beyond.content.decode()
    for _ in range(2):
        send(seller, address, form, to="/seller/vat")
    with demo.worker():
        vat.run(at=demo.at)
        blue.refresh_from_db()
        (red,) = blue.red_letters.all()
    assert (blue.red_gross, red.gross, red.status) == (5_000, -5_000, "ISSUED")
    assert "red letter" in read(seller, "/seller/vat")
