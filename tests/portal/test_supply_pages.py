"""Back-orders through the pages alone: what the seller sets and what the buyer reads."""

from __future__ import annotations

from datetime import timedelta

from tests.portal.browsing import browser, key_in, read, send
from tests.portal.test_seller_desk import SELLER, content
from tests.trade import life
from tests.trade.conftest import World

from heliu.kernel.clock import day_of
from heliu.logistics.stock import back_orders

BUYER = "owner@d001.demo"


def test_the_seller_allows_and_expects_and_the_buyer_reads_when(demo: World) -> None:
    seller, buyer = browser(SELLER), browser(BUYER)
    assert "Of no goods more may be ordered" in read(seller, "/seller/supply")
    form = {
        "code": "B1",
        "most": "50",
        "idempotency_key": key_in(read(seller, "/seller/supply/allow")),
    }
    refused = seller.post("/seller/supply/allow", form | {"code": "nothing"})
    assert refused.status_code == 422
    send(seller, "/seller/supply/allow", form, to="/seller/supply")
    day = day_of(demo.at) + timedelta(days=9)
    sheet = read(seller, "/seller/supply/expect")
    form = {
        "code": "B1",
        "quantity": "30",
        "day": day.isoformat(),
        "idempotency_key": key_in(sheet),
    }
    send(seller, "/seller/supply/expect", form, to="/seller/supply")
    there = 10_000
    life.place(demo, pay_by="TRANSFER", B1=there - 4)
    page = content(read(buyer, f"/dealer/catalogue/{demo.chain.skus['B1']}"))
    assert "4 at once, the rest when goods have come" in page
    waiting = life.place(demo, pay_by="TRANSFER", B1=10)
    deal = f"/deals/{waiting.deal.number}"
    assert "4 ready, 6 wait for goods" in content(read(buyer, deal))
    page = content(read(seller, "/seller/supply"))
    assert waiting.order.number in page
    with demo.desk(SELLER) as actor:
        (coming,) = back_orders.visible_to(actor)
    sheet = read(seller, f"/seller/supply/{coming.pk}/arrived")
    form = {"quantity": "30", "house": "", "idempotency_key": key_in(sheet)}
    send(seller, f"/seller/supply/{coming.pk}/arrived", form, to="/seller/supply")
    assert "wait for goods" not in content(read(buyer, deal))
    assert "have come and are ready" in read(buyer, "/inbox")
