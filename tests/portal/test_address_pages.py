"""A house's address book on its pages, and the address at the checkout and on a deal."""

from __future__ import annotations

from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World
from tests.trade.test_ship_to import SHOP, SITE, folder, frozen, keep

from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import Order
from heliu.kernel.addresses import queries
from heliu.logistics.transport.models import Carriage
from heliu.trade import place_order

__all__ = ["folder"]


def test_the_book_on_its_pages(demo: World, folder: None) -> None:
    me = browser(demo.dealer)
    assert "No address yet" in read(me, "/company/addresses")
    form = read(me, "/company/addresses/new")
    typed = {"idempotency_key": key_in(form), "name": "Shop", "receiver": "Li", "street": "Road 1"}
    be("heliu_web")
    refused = me.post("/company/addresses/new", typed)
    assert refused.status_code == 422
    assert "phone number" in refused.content.decode()
    assert "Road 1" in refused.content.decode()  # nothing typed is lost
    send(me, "/company/addresses/new", typed | {"phone": "138"}, to="/company/addresses$")
    with demo.desk(demo.dealer) as owner:
        (one,) = queries.live(owner.own_org)
    page = read(me, "/company/addresses")
    assert "Road 1" in page
    assert "Default" in page
    act = f"/company/addresses/{one.pk}/act"
    send(me, act, {"idempotency_key": key_in(page), "act": "end"}, to="/company/addresses$")
    assert "Ended" in read(me, "/company/addresses")


def test_it_is_chosen_at_the_checkout(demo: World) -> None:
    _shop, site = keep(demo, SHOP, SITE)
    with demo.desk(demo.dealer) as owner:
        ordering.fill_cart(
            actor=owner, seller=demo.chain.seller, quantities=dict(demo.lines(M1=10))
        )
    me = browser(demo.dealer)
    page = read(me, "/dealer/checkout?pay_by=TRANSFER")
    assert "Shop · Zhejiang Hangzhou Wensan Road 1" in page
    typed = {"idempotency_key": key_in(page), "pay_by": "TRANSFER", "address": str(site)}
    send(me, "/dealer/checkout", typed, to="/deals/")
    with demo.worker():
        order = Order.objects.exclude(number__startswith="OLD").get()
    assert frozen(demo, order.pk) == SITE


def test_seller_and_carrier_read_it(demo: World) -> None:
    keep(demo, SHOP)
    placed = life.place(demo, pay_by="TERMS", M1=10)
    with demo.desk("sales@seller.demo") as seller:
        place_order.confirm(placed.order.pk, actor=seller, at=demo.at)
    sheet = read(browser("sales@seller.demo"), f"/deals/{placed.deal.number}/ship")
    assert "Wensan Road 1" in sheet
    life.ship(demo, placed, by_carrier=True)
    with demo.worker():
        number = Carriage.objects.get().number
    for email, address in (
        ("sales@seller.demo", f"/deals/{placed.deal.number}"),
        ("carrier@carrier.demo", f"/carrier/{number}"),
    ):
        page = read(browser(email), address)
        assert "Wensan Road 1" in page, address
        assert "13800000001" in page, address
