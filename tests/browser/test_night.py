"""The whole night of a micro dealer: it joins at three, orders two hundred lines on terms with its
owner's yes on the phone, and orders again a week later. Nobody at the seller's sits at a desk."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from django.db import connection, transaction
from playwright.sync_api import Browser, Page, expect
from tests.browser.arriving import CHOSEN, admitted, fill, link_in, looked_at, visitor
from tests.browser.conftest import Server
from tests.browser.hands import press
from tests.browser.sights import PHONE
from tests.conftest import be

from heliu.capital.terms.models import Terms
from heliu.commerce.ordering.models import Order
from heliu.kernel import clock
from heliu.kernel.goods.models import Sku
from heliu.kernel.joining.sandbox.samples import OPEN
from heliu.kernel.parties.models import Organization
from heliu.logistics.stock import queries as stock
from heliu.trade.models import DealStep

OWNER, BUYER = "lin@night.example", "wang@night.example"
NIGHT = time(3, 0)
LINES, EACH = 200, "3"
DEAR = "2000"  # yuan; from here on the owner must agree


def at_night(town: str) -> list[str]:
    """The clock strikes three; the codes of what can be had."""
    base = connection.settings_dict["NAME"]
    be("heliu_worker", town)
    clock.wind_to(NIGHT)
    seller = Organization.objects.get(code="seller")
    goods = dict(Sku.objects.filter(seller=seller.pk).order_by("code").values_list("pk", "code"))
    with transaction.atomic():
        free = stock.available(list(goods), owner=seller.pk, warehouse=seller.pk)
    be("heliu_web", base)
    return [code for sku, code in goods.items() if free[sku] > 100]


def list_of(codes: list[str]) -> str:
    """A list as people keep one: of its rows one is spelled wrong, one stands in it twice, one has
    half a piece, one no number at all."""
    rows = [[code, EACH] for code in codes[: LINES - 2]]
    rows[20][0] = rows[20][0] + "7"
    rows[60][1], rows[61][1] = "2.5", "几个"
    rows += [[rows[5][0], "1"], [codes[LINES], EACH]]
    return "\n".join("\t".join(row) for row in rows)


def test_the_whole_night(night: Server, browser: Browser, settings: Any) -> None:
    settings.DEMO = True
    codes = at_night(night.town)
    owner = joins(browser, night)
    buyer = at_work(owner, browser, night)
    search(buyer)
    deal = ordered(buyer, owner, browser, night, codes)
    a_week_later(buyer)
    again = reordered(buyer, deal, browser, night)
    assert again != deal
    told(night.town)


def joins(browser: Browser, night: Server) -> Page:
    """Signed up, verified by rule, and told that it may order on terms."""
    page = visitor(browser, night.address)
    page.goto("/join/")
    looked_at(page, "register")
    fill(page, {"#name": OPEN.name, "#number": OPEN.number, "#contact": OPEN.representative,
                "#email": OWNER})  # fmt: skip
    page.wait_for_url("**/join/sent")
    page.goto(link_in(night.mailbox, to=OWNER))
    fill(page, CHOSEN)
    page.wait_for_url("**/company/joining")
    admitted(page)
    looked_at(page, "first-steps")
    page.goto("/company/joining/address")
    fill(page, {"#city": "宁波", "#address": OPEN.address})
    page.wait_for_url("**/company/joining")
    page.goto("/dealer/owed")
    looked_at(page, "on-terms")
    return page


def at_work(owner: Page, browser: Browser, night: Server) -> Page:
    """A colleague comes by mail, and what it orders above an amount needs the owner's yes."""
    owner.goto("/company/people")
    owner.fill("#name", "王采购")
    owner.fill("#email", BUYER)
    owner.select_option("#role", "purchaser")
    press(owner.locator("#invite button.pri"))
    owner.goto("/company/spending")
    owner.fill("#rule-from", DEAR)
    owner.select_option("#rule-1", "sign")
    press(owner.locator("form:has(#rule-from) button"))
    looked_at(owner, "rules")
    buyer = visitor(browser, night.address)
    buyer.goto(link_in(night.mailbox, to=BUYER))
    looked_at(buyer, "colleague")
    fill(buyer, CHOSEN)
    buyer.wait_for_url("**/dealer/")
    looked_at(buyer, "home")
    return buyer


def search(page: Page) -> None:
    """By pinyin, and with a sign that is wrong."""
    for typed, name in (("chabei", "search"), ("复古波点茶杯蝶", "search-slip")):
        page.goto("/dealer/catalogue")
        page.fill("form.seek input[name=q]", typed)
        press(page.locator("form.seek button"))
        expect(page.locator("main .goods td.lead").first).to_contain_text("茶杯")
        looked_at(page, name)


def ordered(buyer: Page, owner: Page, browser: Browser, night: Server, codes: list[str]) -> str:
    """Two hundred lines pasted, the bad ones mended as the page offers, agreed to on the phone."""
    buyer.goto("/dealer/pad")
    buyer.fill("#paste", list_of(codes))
    press(buyer.locator("[data-read-paste]"))
    looked_at(buyer, "pad", is_long=True)
    fixes = buyer.locator("button[name=fix]")
    assert fixes.count() >= 3
    while fixes.count():
        press(fixes.first)
    buyer.fill("#pad tr.err input[name=quantity]", EACH)  # nobody but the buyer knows what it is
    expect(buyer.locator("#pad tr.err")).to_have_count(0)
    looked_at(buyer, "pad-mended", is_long=True)
    return agreed(buyer, browser, night)


def agreed(buyer: Page, browser: Browser, night: Server) -> str:
    """From the pad to the question whether it may be ordered on terms."""
    press(buyer.locator("button[value=order]:visible").first)
    expect(buyer).to_have_url(re.compile("/dealer/checkout"))
    buyer.locator("#choose label:has(input[value=TERMS])").click()
    expect(buyer.locator("#place input[name=pay_by]")).to_have_value("TERMS")
    looked_at(buyer, "checkout", is_long=True)
    buyer.fill("#reason", "货架空了")
    press(buyer.locator("button[name=ask]:visible"))
    expect(buyer).to_have_url(re.compile("/requests/PR-"))
    looked_at(buyer, "request", is_long=True)
    return granted(buyer, browser, night)


def granted(buyer: Page, browser: Browser, night: Server) -> str:
    """The owner's yes on the phone; the address of the deal that comes of it."""
    phone = visitor(browser, night.address, PHONE)
    phone.goto("/sign-in/")
    fill(phone, {"#email": OWNER, "#password": CHOSEN["#password"]})
    phone.wait_for_url("**/dealer/")
    phone.goto("/approvals")
    looked_at(phone, "approvals")
    phone.locator("main .todo a.btn").first.click()
    looked_at(phone, "agree", is_long=True)
    press(phone.locator("button[name=agrees][value=yes]:visible").first)
    phone.wait_for_url(re.compile("/approvals$"))
    buyer.reload()
    deal = buyer.locator("a[href^='/deals/DL-']").first
    address = str(deal.get_attribute("href"))
    press(deal)
    looked_at(buyer, "deal", is_long=True)
    return address


def a_week_later(page: Page) -> None:
    """The demonstration's clock goes on."""
    page.locator("summary.who").click()
    press(page.locator("button[name=by][value='7']"))


def reordered(buyer: Page, deal: str, browser: Browser, night: Server) -> str:
    """The order once more, from the order."""
    buyer.goto(deal)
    press(buyer.locator("a[href*='/again']").first)
    looked_at(buyer, "again", is_long=True)
    press(buyer.locator("main form button.pri").last)
    buyer.goto("/dealer/pad")
    return agreed(buyer, browser, night)


def told(town: str) -> None:
    """Two orders on terms by a house that nobody but itself and the rules has touched."""
    base = connection.settings_dict["NAME"]
    be("heliu_worker", town)
    with transaction.atomic():
        house = Organization.objects.get(registered_number=OPEN.number)
        orders = Order.objects.filter(buyer=house.pk).order_by("placed_at")
        assert [one.pay_by for one in orders] == ["TERMS", "TERMS"]
        assert [one.lines.count() for one in orders] == [LINES - 1, LINES - 1]
        days = {clock.day_of(one.placed_at) for one in orders}
        assert (max(days) - min(days)).days == 7
        # The clock is wound by parts of a day, not to the second.
        assert time(2, 50) < orders[0].placed_at.astimezone(clock.ZONE).time() < time(4)
        assert Terms.objects.get(buyer=house.pk).by_rule
        people = set(
            DealStep.objects.filter(deal__buyer=house.pk).values_list("actor_name", flat=True)
        )
        assert people <= {"Heliu", OPEN.representative, "王采购"}
    be("heliu_web", base)
