"""A quote: asked for on the phone, answered by the keyboard, taken on the phone and ordered."""

from __future__ import annotations

import re

import pytest
from tests.browser.conftest import Opener
from tests.browser.sights import PHONE


def test_a_quote_is_asked_for_answered_and_ordered(town: str, sit: Opener) -> None:
    dealer = sit("owner@d001.demo", size=PHONE)
    dealer.goto("/dealer/catalogue")
    dealer.click("a[href^='/dealer/catalogue/'] >> nth=0")
    dealer.click("a[href*='/dealer/quotes/ask']")
    code = dealer.input_value("input[name=code] >> nth=0")
    assert code
    dealer.fill("input[name=quantity] >> nth=0", "48")
    dealer.fill("input[name=words_of_all]", "价格合适就多拿")
    dealer.click("main button.btn.pri")
    dealer.wait_for_url(re.compile("/quotes/QT-"))
    seller = sit("sales@seller.demo")
    seller.goto(dealer.url)
    price = seller.locator("input[name=price-1]")
    assert price.evaluate("field => field === document.activeElement")
    seller.keyboard.type("1.23")
    seller.keyboard.press("Enter")  # leads on and sends nothing
    assert seller.locator("input[name=price-1]").input_value() == "1.23"
    seller.keyboard.press("Control+Enter")
    seller.wait_for_selector("input[name=price-1]", state="detached")
    dealer.goto("/inbox")
    dealer.click("button[aria-label*='QT-'] >> nth=0")
    dealer.wait_for_url(re.compile("/quotes/QT-"))
    dealer.click("a[href*='/dealer/checkout?quote=']:visible >> nth=0")
    dealer.check("input[name=pay_by][value=TRANSFER]", force=True)
    dealer.wait_for_url(re.compile("pay_by=TRANSFER"))
    dealer.click("button[form=place]:visible, form#place button.pri:visible >> nth=0")
    dealer.wait_for_url(re.compile("/deals/DL-"))
    assert dealer.locator("text=59.04").count()  # 48 x 1.23


def test_usual_prices_come_while_an_offer_is_typed(town: str, sit: Opener) -> None:
    seller = sit("sales@seller.demo")
    seller.goto("/seller/goods")
    code = seller.locator("main tbody [translate=no]").first.inner_text()
    seller.goto("/seller/quotes/offer")
    seller.fill("#dealer", "d001")
    seller.fill("input[name=code] >> nth=0", code)
    seller.fill("input[name=quantity] >> nth=0", "100")
    seller.wait_for_selector("#usual-1:not(:empty)")
    one, hundred = (
        float(seller.locator(cell).inner_text().replace(",", ""))
        for cell in ("#usual-1", "#usual-sum-1")
    )
    assert hundred == pytest.approx(100 * one)
    assert seller.input_value("input[name=quantity] >> nth=0") == "100"  # fields stay as they are
