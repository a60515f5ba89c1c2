"""Public pages: found by everybody where the seller says so, and nothing more than it says."""

from __future__ import annotations

import json
import re
from html import unescape
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.conftest import be
from tests.portal.browsing import browser, read
from tests.portal.test_catalogue_pages import told  # noqa: F401
from tests.trade.conftest import World

from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.catalogue import public
from heliu.commerce.catalogue.models import Shop
from heliu.kernel.access.actor import Actor
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.models import Organization

SALES = "sales@seller.demo"
LOCATION = re.compile(r"<loc>([^<]+)</loc>")
_keys = count(1)


def opened(world: World, **how: object) -> str:
    """The seller's public pages are on; the address of its shop without the language."""
    with world.worker():
        named = {"is_public": True, "shows_prices": False, **how}
        catalogue.set_shop(actor=Actor.system(), seller=world.chain.seller, **named)
        code = Organization.objects.get(pk=world.chain.seller).code
    be("heliu_web")
    return f"/shop/{{}}/{code}/"


def get(path: str, status: int = 200) -> str:
    be("heliu_web")
    answer = Client().get(path)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def mapped() -> str:
    """The sitemaps that the index names, one behind the other."""
    index = LOCATION.findall(get("/sitemap.xml"))
    return "".join(get(unescape(one).removeprefix("http://testserver")) for one in index)


def test_nothing_is_public_until_the_seller_says_so(told: World) -> None:  # noqa: F811
    shop = opened(told, is_public=False)
    get(shop.format("en"), 404)
    assert "/shop/" not in mapped()
    seller = browser(SALES)
    form = {"is_public": "yes", "category": "", "idempotency_key": f"shop-{next(_keys):06}"}
    assert seller.post("/seller/describe/public", form).status_code == 303
    page = get(shop.format("en"))
    assert "Blue mug" in page
    assert "Sign up to see your price" in page
    with told.worker():
        assert Shop.objects.get().is_public
        Organization.objects.filter(pk=told.chain.seller).update(status="SUSPENDED")
    get(shop.format("en"), 404)


def test_a_page_says_what_search_engines_ask(told: World) -> None:  # noqa: F811
    shop = opened(told, shows_prices=True)
    page = get(shop.format("en") + "p/M1")
    assert '<html lang="en"' in page
    assert f'<link rel="canonical" href="http://testserver{shop.format("en")}p/M1">' in page
    for tongue, lang in (("zh-Hans", "zh"), ("en", "en")):
        href = f"http://testserver{shop.format(lang)}p/M1"
        assert f'<link rel="alternate" hreflang="{tongue}" href="{href}">' in page
        assert f"<loc>{href}</loc>" in mapped()
    (ld,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    product = json.loads(ld)
    assert (product["@type"], product["sku"]) == ("Product", "M1")
    assert product["offers"]["price"] == "10.00"
    assert {"@type": "PropertyValue", "name": "Colour", "value": "sky blue"} in product[
        "additionalProperty"
    ]
    chinese = get(shop.format("zh") + "p/M1")
    assert "蓝色马克杯" in chinese
    assert "天蓝" in chinese
    robots = get("/robots.txt")
    assert "Disallow: /\n" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots


def test_what_is_hidden_stays_hidden(told: World) -> None:  # noqa: F811
    shop, skus = opened(told), told.chain.skus
    with told.worker():
        system, seller = Actor.system(), told.chain.seller
        circle = catalogue.draw_circle(actor=system, seller=seller, code="few", name="A few")
        catalogue.set_goods(circle, [skus["M1"]], actor=system)
        catalogue.switch([skus["B1"]], actor=system, seller=seller, is_active=False)
        thumb = connection.cursor().execute(
            "select thumb_digest from catalogue_paper where role = 'PICTURE'"
        ).fetchone()[0]  # fmt: skip
    page = get(shop.format("en"))
    assert "Red mug" in page
    assert "Blue mug" not in page
    assert "Jumbo bag" not in page
    assert "10.00" not in page  # no price where none is shown
    for code in ("M1", "B1", "NOBODY"):
        get(shop.format("en") + f"p/{code}", 404)
    get(f"/shop/pictures/{thumb}.webp", 404)
    get(f"/shop/pictures/{'0' * 64}.webp", 404)
    assert "/p/M1" not in mapped()
    # A dealer's own price, stock and houses are told to nobody, whoever is signed in.
    with told.worker():
        secrets = [
            *Organization.objects.exclude(pk=told.chain.seller).values_list("name", flat=True)
        ]
    mine = browser(told.dealer).get(shop.format("en") + "p/M2")
    assert mine.content.decode() == get(shop.format("en") + "p/M2")
    assert not [word for word in secrets if word in mine.content.decode()]
    assert "10,000" not in mine.content.decode()


def test_only_a_branch_is_shown_where_the_seller_says_so(told: World) -> None:  # noqa: F811
    with told.worker():
        act = {"actor": Actor.system(), "seller": told.chain.seller}
        catalogue.grow(branches=[("cups", "", "Cups", "杯"), ("tall", "cups", "Tall", "")], **act)
        catalogue.place(categories={told.chain.skus["M2"]: "tall"}, **act)
    shop = opened(told, category="cups")
    page = get(shop.format("en"))
    assert "Red mug" in page
    assert "Blue mug" not in page
    assert "Red mug" in get(shop.format("en") + "c/tall")
    get(shop.format("en") + "c/none", 404)


def test_caches_may_keep_it_and_no_cookie_gets_in(told: World) -> None:  # noqa: F811
    shop = opened(told)
    be("heliu_web")
    for path in (shop.format("zh"), shop.format("zh") + "p/M1", "/sitemap.xml", "/robots.txt"):
        answer = Client(headers={"Accept-Language": "en"}).get(path)
        assert answer["Cache-Control"].startswith("public, max-age=")
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert "csrf" not in answer.content.decode()


@pytest.mark.parametrize(("path", "most"), [("", 3), ("p/M1", 3), ("c/cups", 3)])
def test_a_page_takes_three_statements(told: World, path: str, most: int) -> None:  # noqa: F811
    with told.worker():
        act = {"actor": Actor.system(), "seller": told.chain.seller}
        catalogue.grow(branches=[("cups", "", "Cups", "杯")], **act)
        Sku.objects.filter(seller=told.chain.seller).update(barcode="6901234567892")
    shop = opened(told)
    with CaptureQueriesContext(connection) as queries:
        get(shop.format("en") + path)
    assert len(queries) <= most, [one["sql"] for one in queries]


def test_a_page_that_is_signed_in_reads_the_same_words(told: World) -> None:  # noqa: F811
    shop = opened(told)
    assert "Sign up" in read(browser(told.dealer), shop.format("en"))


def test_the_index_names_as_many_sitemaps_as_there_are_pages_for(told: World, monkeypatch) -> None:  # noqa: F811
    opened(told)
    whole = LOCATION.findall(mapped())
    monkeypatch.setattr(public, "MOST_ADDRESSES", 2)
    index = LOCATION.findall(get("/sitemap.xml"))
    assert len(index) == -(-len(whole) // 4)  # two pages in two languages each
    assert LOCATION.findall(mapped()) == whole
