"""What people do on the pages, each act as one call: click, type, send; with JavaScript or without.

Fields and buttons are found by what they send, not by their words, so that every act can be done
in both languages.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping

from django.utils import translation
from playwright.sync_api import Locator, Page, expect

PATIENCE = 180  # seconds until the worker has done what it was asked


def words(language: str, msgid: str) -> str:
    """What the pages say for a msgid."""
    with translation.override(language):
        return translation.gettext(msgid)


def state(page: Page) -> str:
    """The pill beside the number of a document."""
    return page.locator(".head .pill").first.inner_text().strip()


def state_of(page: Page, deal: str) -> str:
    """The pill on the page of a deal."""
    page.goto(deal)
    return state(page)


def until(page: Page, address: str, holds: Callable[[], bool]) -> None:
    """Read a page anew until something holds there: the worker is at it meanwhile."""
    end = time.monotonic() + PATIENCE
    while True:
        page.goto(address)
        if holds():
            return
        assert time.monotonic() < end, f"{address} has not changed: {page.inner_text('main')}"
        page.wait_for_timeout(500)


def until_state(page: Page, deal: str, *states: str) -> None:
    """Read a deal anew until its pill shows one of these words."""
    until(page, deal, lambda: state(page) in states)


def press(locator: Locator) -> None:
    """Click a button that sends a form and wait for the page it leads to."""
    with locator.page.expect_navigation():
        locator.click()


def fill_pad(page: Page, lines: Mapping[str, int], *, scripted: bool = True) -> None:
    """Type lines into the order pad; without JavaScript they are priced by a button."""
    page.goto("/dealer/pad")
    for place, (code, quantity) in enumerate(lines.items()):
        page.locator("input[name=code]").nth(place).fill(code)
        page.locator("input[name=quantity]").nth(place).fill(str(quantity))
    if not scripted:
        press(page.locator("button.btn[name=action][value=check]"))
    expect(page.locator(f"#row-{len(lines)}-sum")).to_have_text(re.compile(r"\d"))


def order(page: Page, lines: Mapping[str, int], *, scripted: bool = True) -> str:
    """From the pad to the placed order, financed as proposed; returns the address of its deal."""
    fill_pad(page, lines, scripted=scripted)
    press(page.locator("button[value=order]:visible").first)
    expect(page).to_have_url(re.compile("/dealer/checkout"))
    return place(page)


def place(page: Page) -> str:
    """Order what stands at the checkout; returns the address of the deal."""
    press(page.locator("#place button.pri"))
    found = re.search(r"/deals/DL-\d+-\d+", page.url)
    assert found, f"{page.url}: {page.inner_text('main')}"
    return found[0]


def sign(page: Page, deal: str) -> None:
    """Consent, type one's name and sign."""
    page.goto(f"{deal}/sign")
    page.check("input[name=consent]")
    page.fill("#signature", page.get_attribute("#signature", "placeholder") or "")
    press(page.locator("#sign button.pri"))
    expect(page).to_have_url(re.compile(f"{deal}$"))


def ship(page: Page, deal: str) -> None:
    """The seller sends all that is open."""
    page.goto(deal)
    press(page.locator(f"a.btn[href='{deal}/ship']"))
    page.fill("#carrier", "顺达物流")
    press(page.locator("main form button.pri"))


def shipments(page: Page) -> set[str]:
    """What stands on the keeper's list of goods to come."""
    page.goto("/warehouse/receive")
    links = page.locator("main td a[href^='/warehouse/receive/']")
    return {str(link.get_attribute("href")) for link in links.all()}


def receive(page: Page, shipment: str) -> None:
    """The keeper counts a shipment: all that was sent is there and good."""
    page.goto(shipment)
    for row in page.locator("#count tbody tr").all():
        row.locator("input[name^=good]").fill(row.locator("td").nth(1).inner_text())
    press(page.locator("button.pri[form=count]:visible"))
    expect(page.locator("#count")).to_have_count(0)


def repay(page: Page, deal: str, share: int) -> None:
    """The dealer repays a share of the loan; which goods come free is shown before."""
    page.goto(f"{deal}/repay")
    press(page.locator(f"a.chip[href*='share={share}']"))
    press(page.locator("#repay button.pri"))
    expect(page).to_have_url(re.compile(f"{deal}$"))


def pick_up_code(page: Page, known: set[str]) -> str:
    """The code of the pick-up that was not there before; it is then among the known."""

    def fresh() -> list[str]:
        links = page.locator("main td a.nw[href^='/dealer/pick-ups/']").all()
        return [href for link in links if (href := str(link.get_attribute("href"))) not in known]

    until(page, "/dealer/pick-ups", lambda: bool(fresh()))
    address = fresh()[0]
    known.add(address)
    page.goto(address)
    return page.inner_text(".ticket .price")


def scan(page: Page, text: str) -> None:
    """The keeper reads a code or goods at the gate; the verdict stands on the page."""
    page.goto("/warehouse/scan")
    page.fill("input[name=scanned]", text)
    press(page.locator("main form button.pri"))


def switch_language(page: Page, language: str) -> None:
    """Press the other language in the frame."""
    press(page.locator(f"button[name=language][value={language}]:visible"))
