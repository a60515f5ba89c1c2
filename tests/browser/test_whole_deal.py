"""A deal from the first key to the last pallet, each step at the desk of whoever does it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser import hands
from tests.browser.conftest import Opener
from tests.browser.people import PEOPLE

LINES = {"85099B": 120, "22386": 80}
SLOW_PAYER = "owner@d002.demo"  # whose requests the rules leave to a person


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_the_pad_to_the_last_pick_up(sit: Opener, language: str) -> None:
    desks = ("dealer", "seller", "warehouse", "bank")
    walk({desk: sit(PEOPLE[desk], language=language) for desk in desks}, language)


def test_the_same_without_javascript(sit: Opener) -> None:
    desks = {
        desk: sit(PEOPLE[desk], java_script_enabled=False)
        for desk in ("dealer", "seller", "warehouse")
    }
    walk(desks, "en", scripted=False)


def walk(desks: dict[str, Page], language: str, *, scripted: bool = True) -> None:
    """One financed order through its life; every desk sees it closed in the end."""
    dealer, seller, keeper = desks["dealer"], desks["seller"], desks["warehouse"]

    def says(msgid: str) -> str:
        return hands.words(language, msgid)

    dealer.goto("/dealer/pick-ups")
    links = dealer.locator("main td a.nw[href^='/dealer/pick-ups/']").all()
    known = {str(link.get_attribute("href")) for link in links}
    coming = hands.shipments(keeper)

    deal = hands.order(dealer, LINES, scripted=scripted)
    assert hands.state_of(dealer, deal) == says("To be signed")
    hands.sign(dealer, deal)
    hands.until_state(dealer, deal, says("Confirmed"))

    hands.until_state(seller, deal, says("Confirmed"))
    hands.ship(seller, deal)
    assert hands.state_of(seller, deal) == says("Shipped")
    (shipment,) = hands.shipments(keeper) - coming
    hands.receive(keeper, shipment)
    hands.until_state(dealer, deal, says("Pledged"))

    hands.repay(dealer, deal, 50)
    hands.scan(keeper, hands.pick_up_code(dealer, known))
    expect(keeper.locator(".verdict.go")).to_be_visible()
    hands.until_state(dealer, deal, says("Partly released"))
    hands.repay(dealer, deal, 100)
    code = hands.pick_up_code(dealer, known)
    hands.scan(keeper, code)
    expect(keeper.locator(".verdict.go")).to_be_visible()
    hands.scan(keeper, code)
    expect(keeper.locator(".verdict.stop")).to_be_visible()  # a code opens once
    for page in desks.values():
        hands.until_state(page, deal, says("Closed"))


def test_a_person_at_the_bank_decides(sit: Opener) -> None:
    dealer, bank = sit(SLOW_PAYER), sit(PEOPLE["bank"])
    deal = hands.order(dealer, LINES)
    assert hands.state_of(dealer, deal) == "With the bank"
    bank.goto(deal)
    bank.locator(".acts a.pri").click()
    bank.fill("textarea[name=reason]", "多年往来，货物好卖")
    hands.press(bank.locator("button[name=approve][value=yes]:visible"))
    hands.until_state(dealer, deal, "To be signed")
    hands.sign(dealer, deal)
    hands.until_state(dealer, deal, "Confirmed")


def test_the_language_changes_and_the_page_stays(sit: Opener) -> None:
    dealer = sit(PEOPLE["dealer"])
    hands.fill_pad(dealer, LINES)
    hands.press(dealer.locator("button[value=order]:visible").first)
    dealer.fill("#remark", "before noon")
    before = dealer.url
    hands.switch_language(dealer, "zh-hans")
    assert dealer.url == before
    expect(dealer.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert dealer.input_value("#remark") == "before noon"
    assert re.search(r"[\u4e00-\u9fff]", dealer.inner_text("h1"))


def test_a_desk_is_left_for_another_with_one_click(sit: Opener) -> None:
    page = sit(PEOPLE["dealer"])
    page.click("summary.who")
    hands.press(page.locator("button[name=desk][value*='/warehouse/']").first)
    assert page.url.endswith("/warehouse/")
