"""The seller makes prices on its pages: lists, versions, contracts, promotions, files."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.portal.browsing import browser, key_in, read, send
from tests.trade.conftest import World

from heliu.commerce.pricing.models import Contract, PriceImport, PriceList, Promotion
from heliu.commerce.pricing.operations import imports
from heliu.kernel.clock import ZONE, day_of
from heliu.kernel.events.models import Notice
from heliu.portal.ui.formats import percent_text

SELLER = "sales@seller.demo"
LISTS = "/seller/prices/lists"


def typed(world: World, **span: int) -> str:
    """A moment as a browser sends it."""
    return (world.at + timedelta(**span)).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def price_of(world: World, code: str) -> str:
    page = read(browser(world.dealer), f"/dealer/price?code={code}")
    found = re.search(r'class="price">(.*?)</p>', page)
    assert found
    return re.sub(r"<[^>]+>", "", found[1])


def test_prices_are_set_in_place_and_a_version_goes_live_at_its_moment(demo: World) -> None:
    seller = browser(SELLER)
    here = f"{LISTS}/STD"
    page = read(seller, here)
    (name,) = re.findall(r'name="(p-[0-9a-f-]+-1)" value="15.00"', page)
    sku = name.removeprefix("p-").removesuffix("-1")
    new = {name: "14.50", f"nf-{sku}": "10", f"np-{sku}": "13"}
    send(seller, here, {**new, "idempotency_key": key_in(page)}, to=here)
    assert "14.50" in price_of(demo, "M2")
    bad = seller.post(here, {name: "x", "idempotency_key": key_in(read(seller, here))})
    assert bad.status_code == 422
    assert 'value="x"' in bad.content.decode()
    page = read(seller, here)
    version = f"{here}/version"
    send(seller, version, {"act": "begin", "idempotency_key": key_in(page)}, to="version=2")
    draft = f"{here}?version=2"
    page = read(seller, draft)
    send(seller, draft, {name: "20", "idempotency_key": key_in(page)}, to="version=2")
    assert "14.50" in price_of(demo, "M2")
    plan = {"act": "schedule", "version": "2", "live_from": typed(demo, hours=2)}
    send(seller, version, {**plan, "idempotency_key": key_in(read(seller, draft))}, to="version=2")
    assert "Version 2 takes over" in read(seller, here)
    demo.later(hours=3)
    assert "20.00" in price_of(demo, "M2")


def test_a_computed_list_a_contract_and_a_promotion_by_their_sheets(demo: World) -> None:
    seller = browser(SELLER)
    buyer = str(demo.chain.dealers["D001"])
    today = day_of(demo.at)

    def sheet(address: str, to: str, **fields: str) -> None:
        key = key_in(read(seller, address))
        send(seller, address, {**fields, "idempotency_key": key}, to=to)

    sheet(
        f"{LISTS}/new", "lists/VIP", code="VIP", name="Friends", priority="5", base="STD",
        factor="0.9", round_to="1", rounding="NEAREST",
    )  # fmt: skip
    sheet(f"{LISTS}/VIP/give", "lists/VIP", dealer=buyer, valid_from=today.isoformat())
    assert "13.50" in price_of(demo, "M2")
    sheet(
        "/seller/prices/contracts/new", "contracts/", dealer=buyer, code="CT-1", name="Mugs",
        valid_from=today.isoformat(), valid_to=today.isoformat(), prices="M2 1 12.00",
        committed="5000",
    )  # fmt: skip
    assert "13.50" in price_of(demo, "M2")  # an offer binds nobody
    dealer = browser(demo.dealer)
    page = read(dealer, "/dealer/contracts")
    assert "CT-1" in page
    assert "5,000" in page
    decide = re.findall(r'action="([^"]+decide)"', page)[0]
    send(dealer, decide, {"act": "agree", "idempotency_key": key_in(page)}, to="contracts")
    assert "12.00" in price_of(demo, "M2")
    sheet(
        "/seller/prices/promotions/new", "/lists", code="MAY", name="May", effect="PERCENT",
        value="10", ends_at=typed(demo, days=3), goods="M2", min_quantity="1", priority="1",
        budget="100",
    )  # fmt: skip
    assert "10.80" in price_of(demo, "M2")
    page = read(seller, LISTS)
    assert all(word in page for word in ("VIP", "CT-1", "MAY", "5,000"))
    stop = "/seller/prices/promotions/MAY/stop"
    send(seller, stop, {"idempotency_key": key_in(page[page.index(stop) :])}, to=LISTS)
    assert "12.00" in price_of(demo, "M2")
    with demo.worker():
        assert Contract.objects.get().committed == 5000_00
        assert Promotion.objects.get().stopped_at is not None


def test_a_file_is_brought_read_and_what_is_left_out_comes_as_a_sheet(
    demo: World, settings: object, tmp_path: object
) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    seller = browser(SELLER)
    sent = SimpleUploadedFile("april.csv", "编码,价格\nM2,9.90\nNOBODY,1\n".encode())
    form = {"file": sent, "idempotency_key": key_in(read(seller, f"{LISTS}/STD"))}
    answer = seller.post(f"{LISTS}/STD/file", form)
    assert answer.status_code == 303
    here = answer["Location"]
    first = seller.get(here)
    assert first["Refresh"] == "2"
    with demo.worker():
        while imports.read_on(demo.at):
            pass
    page = read(seller, here)
    assert "None of your goods has this code." in page
    assert "NOBODY,1" in seller.get(f"{here}/left-out.csv").content.decode("utf-8-sig")
    assert "april.csv" in read(seller, LISTS)
    with demo.worker():
        assert (PriceImport.objects.get().taken, PriceImport.objects.get().bad) == (1, 1)
        assert PriceList.objects.filter(version_of__isnull=False).count() == 1
    whole = seller.get(f"{LISTS}/STD/export").content.decode()
    assert "code,from,price,currency\n" in whole
    assert "M2,1,15.00,CNY\n" in whole
    rival = browser(demo.dealer)
    assert rival.get(here).status_code in (302, 303, 403, 404)


def test_a_rise_waits_for_the_dealer_and_a_fall_does_not(demo: World) -> None:
    seller, dealer = browser(SELLER), browser(demo.dealer)
    buyer, today = str(demo.chain.dealers["D001"]), day_of(demo.at).isoformat()
    last = (day_of(demo.at) + timedelta(days=9)).isoformat()
    new = "/seller/prices/contracts/new"
    fields = {
        "dealer": buyer,
        "code": "CT-2",
        "name": "Mugs",
        "prices": "M2 1 12.00\nM2 100 11.50\n\n",
    }
    days = {"valid_from": today, "valid_to": last}
    key = key_in(read(seller, new))
    here = send(seller, new, {**fields, **days, "idempotency_key": key}, to="contracts/")
    page = read(dealer, "/dealer/contracts")
    decide = re.findall(r'action="([^"]+decide)"', page)[0]
    send(dealer, decide, {"act": "agree", "idempotency_key": key_in(page)}, to="contracts")

    def ask(prices: str) -> str:
        page = read(seller, here)
        form = {"act": "prices", "prices": prices, "live_on": today}
        send(seller, here, {**form, "idempotency_key": key_in(page)}, to="contracts/")
        return read(seller, here)

    area = re.search(r"<textarea[^>]+>([^<]*)</textarea>", read(seller, here))
    assert area
    assert area[1].split("\n")[:2] == ["M2 1 12.00", "M2 100 11.50"]  # each on its own line
    assert "No price rises" in ask("M2 1 11.00\nM2 100 11.00")
    assert "11.00" in price_of(demo, "M2")
    assert "The dealer is asked" in ask("M2 1 13.00\nM2 100 13.00")
    assert "11.00" in price_of(demo, "M2")
    page = read(dealer, "/dealer/contracts")
    assert "13<i>.00" in page
    answer = re.findall(r'action="([^"]+changes/[^"]+)"', page)[0]
    send(dealer, answer, {"act": "agree", "idempotency_key": key_in(page)}, to="contracts")
    demo.later(seconds=1)  # behind the prices that went live at this same instant
    assert "13.00" in price_of(demo, "M2")
    with demo.worker():
        told = Notice.objects.filter(kind__startswith="contract-").order_by("at", "id")
        assert [(one.kind, one.org == demo.chain.seller) for one in told] == [
            ("contract-offered", False),
            ("contract-agreed", True),
            ("contract-prices-fall", False),
            ("contract-asked", False),
            ("contract-change-agreed", True),
        ]


def test_promotions_of_whole_orders_by_their_sheet_and_at_the_checkout(demo: World) -> None:
    seller, address = browser(SELLER), "/seller/prices/promotions/new"
    same = {
        "name": "Big",
        "ends_at": typed(demo, days=9),
        "min_quantity": "1",
        "priority": "1",
        "combinable": "1",
    }
    for words in (
        {"code": "OFF", "effect": "ORDER", "value": "10.01", "min_order": "50"},
        {"code": "SHARE", "effect": "ORDER_PERCENT", "value": "5"},
        {"code": "GIFT", "effect": "GOODS", "value": "2", "gift": "B1", "min_quantity": "10"},
    ):
        form = same | words | {"idempotency_key": key_in(read(seller, address))}
        if "gift" in words:
            assert seller.post(address, form | {"gift": "NONE"}).status_code == 422
            assert seller.post(address, form | {"value": "0"}).status_code == 422
        send(seller, address, form, to="/lists")
    page = read(seller, "/seller/prices/lists")
    for words in (
        "10.01 off the whole order",
        f"{percent_text(Decimal(5), 2)} off the whole order",
        "2 of B1 for free for",
    ):
        assert words in page
    dealer = browser(demo.dealer)
    rows = {"code": ["M1"], "quantity": ["10"], "action": "order"}
    send(dealer, "/dealer/pad", rows, to="checkout")
    page = read(dealer, "/dealer/checkout?pay_by=TRANSFER")
    assert "off the whole order" in page
    assert "2 for free" in page
    form = {"pay_by": "TRANSFER", "idempotency_key": key_in(page)}
    led = send(dealer, "/dealer/checkout", form, to="/deals")
    page = read(dealer, led)
    assert "for free · Big" in page
    assert "Big, off the whole order" in page
    page = read(dealer, "/dealer/price?code=M1&quantity=10")
    assert "For the whole order" in page
