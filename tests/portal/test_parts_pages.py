"""Days of parts typed at the checkout, read on the deal, sent by the seller until a day."""

from __future__ import annotations

from datetime import timedelta

from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade.conftest import World
from tests.trade.test_order_words import today

from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import OrderLine

SALES = "sales@seller.demo"


def test_parts_are_typed_at_the_checkout_and_sent_until_a_day(demo: World) -> None:
    sku = demo.chain.skus["M1"]
    with demo.desk(demo.dealer) as owner:
        ordering.fill_cart(actor=owner, seller=demo.chain.seller, quantities={sku: 100})
    me = browser(demo.dealer)
    page = read(me, "/dealer/checkout?pay_by=TERMS")
    assert "Other days for lines" in page
    soon, later = (today(demo) + timedelta(days=n) for n in (1, 8))
    typed = {
        "idempotency_key": key_in(page), "pay_by": "TERMS",
        f"part-{sku}": ["40", "", ""], f"day-{sku}": [soon.isoformat(), later.isoformat(), ""],
    }  # fmt: skip
    be("heliu_web")
    too_much = me.post("/dealer/checkout", typed | {f"part-{sku}": ["140", "", ""]})
    assert too_much.status_code == 422
    assert "more than the line" in too_much.content.decode()
    assert soon.isoformat() in too_much.content.decode()  # what was typed is there
    deal = send(me, "/dealer/checkout", typed, to="/deals/")
    with demo.worker():
        line = OrderLine.objects.exclude(order__number__startswith="OLD").get()
    assert [part["quantity"] for part in line.parts] == [40, 60]
    shown = read(me, deal)
    assert "40 × wished for" in shown
    assert "60 × wished for" in shown
    seller = browser(SALES)
    be("heliu_web")
    seller.post(f"{deal}/confirm", {"idempotency_key": "confirm-it-1"})
    supply = read(seller, "/seller/supply")
    assert f"{deal}/ship?by={soon.isoformat()}" in supply
    sheet = read(seller, f"{deal}/ship?by={soon.isoformat()}")
    assert f'name="line-{line.pk}" value="40"' in sheet
    assert f'name="line-{line.pk}" value="40"' in read(seller, f"{deal}/ship")
    assert f'name="line-{line.pk}" value="100"' in read(
        seller, f"{deal}/ship?by={later.isoformat()}"
    )
