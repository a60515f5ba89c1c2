"""The dealer looks for goods, narrows them, looks at one, orders it in boxes."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import be
from tests.pictures import PDF, png
from tests.portal.browsing import browser, read, send
from tests.trade.conftest import World

from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.catalogue.models import Kind, Paper
from heliu.commerce.catalogue.operations import NewAttribute, NewPack, NewProduct
from heliu.commerce.ordering.models import CartLine
from heliu.kernel.errors import Invalid
from heliu.kernel.goods.models import UnitOfMeasure

COLOUR = NewAttribute(
    "colour", "Colour", Kind.CHOICE, "颜色",
    choices=[("blue", "sky blue", "天蓝"), ("red", "red", "红色")],
)  # fmt: skip
HOLDS = 144


@pytest.fixture
def told(demo: World) -> World:
    """The mugs have colours, are variants of one product and come in boxes; one has papers."""
    seller, skus = demo.chain.seller, demo.chain.skus
    with demo.worker() as system:
        UnitOfMeasure.objects.create(code="BOX", name="box", name_zh="箱")
        catalogue.define(actor=system, seller=seller, family="mugs", attributes=[COLOUR])
        catalogue.tell(
            actor=system, seller=seller,
            values={skus["M1"]: {"colour": "blue"}, skus["M2"]: {"colour": "red"}},
        )  # fmt: skip
        catalogue.gather(
            actor=system, seller=seller,
            products=[
                NewProduct("P1", "Mug", "mugs", [skus["M1"], skus["M2"]], "马克杯", axes=["colour"])
            ],
        )  # fmt: skip
        catalogue.pack(actor=system, seller=seller, packs=[NewPack(skus["M1"], "BOX", HOLDS)])
        for content, role, name in ((png(), "PICTURE", "a.png"), (PDF, "SHEET", "spec.pdf")):
            catalogue.attach(
                content, actor=system, seller=seller, sku=skus["M1"], role=role, name=name,
                at=demo.at,
            )  # fmt: skip
    be("heliu_web")
    return demo


def test_goods_are_found_narrowed_and_understood(told: World) -> None:
    dealer = browser(told.dealer)
    page = read(dealer, "/dealer/catalogue?q=mug")
    assert "Blue mug" in page
    assert "Red mug" in page
    assert "f=a.colour%3Dred" in page
    page = read(dealer, "/dealer/catalogue?q=mug&f=a.colour=red")
    assert "Blue mug" not in page
    assert "Red mug" in page
    assert "spelled or sound nearly so" in read(dealer, "/dealer/catalogue?q=jumbp")
    assert "Jumbo bag" in read(dealer, "/dealer/catalogue/hints?q=dahao")
    page = read(dealer, "/dealer/catalogue?q=zzzz&f=a.colour=red")
    assert "Search without filters" in page
    assert "Show the whole catalogue" in page
    cheap = read(dealer, "/dealer/catalogue?sort=price")
    assert cheap.index("Blue mug") < cheap.index("Red mug") < cheap.index("Jumbo bag")


def test_boxes_become_pieces_exactly(told: World) -> None:
    dealer, mug = browser(told.dealer), told.chain.skus["M1"]
    form = {"seller": "seller", f"q-{mug}": "3", f"u-{mug}": "BOX"}
    send(dealer, "/dealer/cart", form, to="/dealer/catalogue")
    with told.worker():
        assert CartLine.objects.get(sku=mug).quantity == 3 * HOLDS


@pytest.mark.parametrize(
    "where", ["/dealer/catalogue?q=mug", "article", "/dealer/catalogue/compare"]
)
def test_a_wrong_quantity_is_told_beside_its_field_and_nothing_typed_is_lost(
    told: World, where: str
) -> None:
    dealer, skus = browser(told.dealer), told.chain.skus
    blue, red = skus["M1"], skus["M2"]
    pages = {
        "article": f"/dealer/catalogue/{blue}",
        "/dealer/catalogue/compare": f"/dealer/catalogue/compare?sku={blue}&sku={red}",
    }
    page = pages.get(where, where)
    form = {"seller": "seller", "pad": "", f"q-{blue}": "a few", f"q-{red}": "7"}
    be("heliu_web")
    answer = dealer.post("/dealer/cart", form, HTTP_REFERER=f"http://testserver{page}")
    assert answer.status_code == 303
    assert answer["Location"].endswith(page)
    again = read(dealer, page)
    assert "1 quantity needs a change; nothing was done yet." in again
    assert '<small class="errt">a few is not a whole number of pieces.' in again
    assert f'name="q-{red}" value="7"' in again
    assert re.search(rf'name="q-{blue}" value="a few"[^>]*aria-invalid="true"', again)
    with told.worker():
        assert not CartLine.objects.exists()
    assert "aria-invalid" not in read(dealer, page)  # it is told once


def test_an_article_shows_all_that_is_told_of_it(told: World) -> None:
    dealer, skus = browser(told.dealer), told.chain.skus
    page = read(dealer, f"/dealer/catalogue/{skus['M1']}")
    for words in ("sky blue", "spec.pdf", "144", "from 100", f"q-{skus['M2']}"):
        assert words in page, words
    with told.worker():
        papers = list(Paper.objects.all())
    for paper in papers:
        answer = dealer.get(f"/dealer/papers/{paper.pk}")
        assert answer["Content-Type"] == paper.content_type
    small = dealer.get(f"/dealer/papers/{papers[0].pk}/small")
    assert small["Content-Type"] == "image/webp"
    assert small.content.startswith(b"RIFF")


def test_articles_stand_side_by_side(told: World) -> None:
    dealer, skus = browser(told.dealer), told.chain.skus
    page = read(dealer, f"/dealer/catalogue/compare?sku={skus['M1']}&sku={skus['M2']}&sku=x")
    assert "sky blue" in page
    assert "Red mug" in page
    assert "Nothing to compare yet" in read(dealer, "/dealer/catalogue/compare")


def test_a_page_of_hits_takes_as_many_statements_as_one_hit(told: World) -> None:
    dealer = browser(told.dealer)
    read(dealer, "/dealer/catalogue")  # the seller is remembered
    counts = []
    for text in ("mug", ""):
        with CaptureQueriesContext(connection) as asked:
            read(dealer, f"/dealer/catalogue?q={text}&f=family=mugs&f=family=bags")
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 35


def test_a_picture_that_is_none_is_refused(told: World) -> None:
    broken = png()[:60]
    with told.worker() as system, pytest.raises(Invalid) as error:
        catalogue.attach(
            broken, actor=system, seller=told.chain.seller, sku=told.chain.skus["M2"],
            role="PICTURE", name="b.png", at=told.at,
        )  # fmt: skip
    assert error.value.code == "picture-unreadable"
