"""Whoever trades in another currency sees it at every amount, and so does its seller: no page tells
dollars as yuan."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from django.test import Client
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade.conftest import World

from heliu.commerce.lists import operations as lists
from heliu.commerce.ordering.models import Order
from heliu.commerce.ordering.operations import carts
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.quotes.policies import Answer, Asked
from heliu.demo.chain import enrol
from heliu.kernel.clock import day_of
from heliu.kernel.parties import operations as parties
from heliu.trade import contracts, deliveries, place_order, quoting, striking

OWNER, SALES, OPS = "owner@far.demo", "sales@seller.demo", "ops@operator.demo"
EACH = 777_777  # US$ 7,777.77, and twice that: stand nowhere else
TOLD = re.compile(r"7,777\.77|15,555\.54|777777|1555554")
AWAY = re.compile(r"\.pdf|/sign-out|/files?/|as=|/offline|\.csv|/export|/static|/passkey|/desk")


@pytest.fixture
def far(demo: World) -> UUID:
    """A dealer that has ordered nothing yet."""
    with demo.worker() as system:
        house = parties.register(
            actor=system, code="far", roles=("DEALER",), name="Far away", name_zh="远方",
            short_name="Far", short_name_zh="远方", city="", city_zh="",
        )  # fmt: skip
        enrol(OWNER, "Ann", house.pk, "owner")
        parties.relate(
            actor=system, buyer=house.pk, seller=demo.chain.seller, since=day_of(demo.at)
        )
    return house.pk


def abroad(demo: World, far: UUID) -> None:
    """By the seller's own pages: the currency, a list in it, whom it is for, its price."""
    seller = browser(SALES)

    def sheet(address: str, to: str, **fields: str) -> None:
        key = key_in(read(seller, address))
        send(seller, address, {**fields, "idempotency_key": key}, to=to)

    lists_at = "/seller/prices/lists"
    sheet(f"/seller/dealers/{far}/currency", "dealers", currency="USD")
    sheet(
        f"{lists_at}/new", "EXPORT", code="EXPORT", name="Export", priority="5", base="",
        currency="USD", factor="1", round_to="0", rounding="NEAREST",
    )  # fmt: skip
    sheet(f"{lists_at}/EXPORT/give", "EXPORT", dealer=str(far), valid_from=f"{day_of(demo.at)}")
    sku = demo.chain.skus["M1"]
    page = read(seller, f"{lists_at}/EXPORT")
    assert "price in USD" in page
    wrong = {f"nf-{sku}": "1", f"np-{sku}": "¥12", "idempotency_key": key_in(page)}
    be("heliu_web")
    refused = unescape(seller.post(f"{lists_at}/EXPORT", wrong).content.decode())
    assert "This is in CNY; here amounts are in USD." in refused
    right = wrong | {f"np-{sku}": "$7,777.77", "idempotency_key": key_in(refused)}
    send(seller, f"{lists_at}/EXPORT", right, to="EXPORT")


def lived(demo: World, far: UUID) -> None:
    """Orders in all their states, quotes asked for and offered, a contract and a shopping list."""
    sku, seller = demo.chain.skus["M1"], demo.chain.seller
    placed = []
    with demo.desk(OWNER) as owner:
        for _ in range(4):
            placed.append(
                place_order.place(
                    actor=owner, seller=seller, lines=[(sku, 2)], pay_by="TRANSFER", at=demo.at
                ).order.pk
            )
        lists.make(
            actor=owner, seller=seller, name="Mugs", quantities={sku: 1}, shared=False, at=demo.at
        )
        asked = [
            quoting.ask(actor=owner, seller=seller, lines=[Asked(sku, 2, EACH)], at=demo.at)
            for _ in range(3)
        ]
    with demo.desk(SALES) as sales:
        for order in placed[1:]:
            place_order.confirm(order, actor=sales, at=demo.at)
        deliveries.ship(placed[2], actor=sales, carrier="Sea", at=demo.at)
        (line,) = Order.objects.get(pk=placed[3]).lines.all()
        striking.strike(placed[3], lines={line.pk: 1}, reason="gone", actor=sales, at=demo.at)
        for quote in asked[1:]:
            quoting.answer(
                quote.number, actor=sales, answers=[Answer(1, EACH)], valid_until=day_of(demo.at),
                at=demo.at,
            )  # fmt: skip
        contracts.offer(
            actor=sales, seller=seller, buyer=far, code="CT-9", name="Mugs",
            prices=[pricing.NewPrice(sku, EACH)], valid_from=day_of(demo.at),
            valid_to=day_of(demo.at) + timedelta(days=9), committed=EACH, at=demo.at,
        )  # fmt: skip
    with demo.desk(OWNER) as owner:
        quoting.accept(asked[2].number, actor=owner, pay_by="TRANSFER", at=demo.at)


def wander(client: Client, start: str) -> dict[str, str]:
    """All pages that can be reached from one, by address; of each kind of address a few."""
    pages: dict[str, str] = {}
    kinds: dict[str, int] = {}
    waiting = [start]
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"[0-9a-f-]{36}|[A-Z]{2,3}-\d+|=[^&]*", "…", address)
        if address in pages or AWAY.search(address) or kinds.get(kind, 0) >= 3:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        be("heliu_web")
        answer = client.get(address)
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        page = answer.content.decode()
        pages[address] = re.sub(r"<[^>]+>", "", unescape(page))
        for href in re.findall(r'href="([^"#]+)', page):
            target = unescape(href)
            if target.startswith("?"):
                target = address.partition("?")[0] + target
            if target.startswith("/"):
                waiting.append(target)
    return pages


def test_no_page_tells_dollars_as_yuan(demo: World, far: UUID) -> None:
    abroad(demo, far)
    lived(demo, far)
    seen = set()
    wrong = []
    for email, start in ((OWNER, "/dealer/"), (SALES, "/seller/"), (OPS, "/operator/")):
        for address, text in wander(browser(email), start).items():
            for found in TOLD.finditer(text):
                before = text[max(0, found.start() - 8) : found.start()]
                told = re.search(r"US\$\s*[−-]?$", before)
                if told or text[found.end() :].startswith(" USD"):
                    seen.add((email, "/".join(address.partition("?")[0].split("/")[:3])))
                else:
                    wrong.append((email, address, text[found.start() - 40 : found.end() + 5]))
    assert not wrong, "\n".join(map(str, wrong))
    assert {
        (OWNER, "/dealer/catalogue"), (OWNER, "/dealer/lists"), (OWNER, "/dealer/contracts"),
        (SALES, "/seller/orders"), (SALES, "/seller/prices"), (OWNER, "/quotes"), (SALES, "/quotes"),
    } <= seen  # fmt: skip


def test_a_form_that_was_shown_in_another_currency_is_read_once_more(
    demo: World, far: UUID
) -> None:
    """The seller sets dollars while the dealer looks at prices in yuan, and types one."""
    dealer, ask, out = browser(OWNER), "/dealer/quotes/ask", "/dealer/checkout?pay_by=TRANSFER"
    with demo.desk(OWNER) as owner:
        goods = {demo.chain.skus["M1"]: 2}
        carts.fill_cart(actor=owner, seller=demo.chain.seller, quantities=goods)
    forms: dict[str, dict[str, object]] = {
        ask: {"code": ["M1"], "quantity": ["2"], "price": ["70"], "words": [""]},
        out: {"pay_by": "TRANSFER", "terms": "", "remark": "", "external_id": ""},
    }
    shown = {address: read(dealer, address) for address in forms}
    abroad(demo, far)
    for address, form in forms.items():
        assert 'name="prices_in" value="CNY"' in shown[address]
        form |= {"seller": "seller", "prices_in": "CNY"}
        be("heliu_web")
        answer = dealer.post(address, form | {"idempotency_key": key_in(shown[address])})
        again = unescape(answer.content.decode())
        assert (answer.status_code, "here amounts are in USD" in again) == (422, True)
        assert 'name="prices_in" value="USD"' in again
        send(dealer, address, form | {"prices_in": "USD", "idempotency_key": key_in(again)})
    with demo.worker():
        assert {one.currency for one in Order.objects.filter(buyer=far)} == {"USD"}


def test_an_offer_made_again_in_another_currency_is_made_once_its_prices_were_read(
    demo: World, far: UUID
) -> None:
    sku, seller = demo.chain.skus["M1"], browser(SALES)
    with demo.desk("owner@d001.demo") as owner:
        ours = quoting.ask(
            actor=owner, seller=demo.chain.seller, lines=[Asked(sku, 2, 70_00)], at=demo.at
        ).number
    abroad(demo, far)
    there = f"/seller/quotes/offer?from={ours}"
    page = read(seller, there)
    assert 'name="prices_in" value="CNY"' in page
    form = {
        "dealer": "far", "code": ["M1"], "quantity": ["2"], "price": ["70"], "words": [""],
        "valid_until": f"{day_of(demo.at) + timedelta(days=9)}", "prices_in": "CNY",
    }  # fmt: skip
    be("heliu_web")
    refused = seller.post(there, form | {"idempotency_key": key_in(page)})
    again = unescape(refused.content.decode())
    assert (refused.status_code, 'name="prices_in" value="USD"' in again) == (422, True)
    rewritten = {"price": ["9.80"], "prices_in": "USD", "idempotency_key": key_in(again)}
    send(seller, there, form | rewritten, to="^/quotes/QT-")
