"""Every page that links lead to, at every desk: it fits, everybody can use it, in one language."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import PHONE, WIDE, Opener
from tests.browser.people import PEOPLE
from tests.browser.sights import all_pages, barriers, english, overflow, shorten

from heliu.demo.chain import HOUSES
from heliu.demo.sample import load

NARROWEST = {"width": 320, "height": 640}


def too_wide(page: Page, address: str) -> list[str]:
    """Where the page would have to be scrolled sideways, at three widths."""
    found = []
    for size in (NARROWEST, PHONE, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if out := overflow(page):
            found.append(f"{address} at {size['width']}: sticks out: {out}")
    return found


@pytest.mark.parametrize("desk", PEOPLE)
def test_pages_fit_and_everybody_can_use_them(sit: Opener, desk: str) -> None:
    page, wrong = sit(PEOPLE[desk]), []
    for address in all_pages(page):
        wrong += too_wide(page, address)
        shorten(page)
        for size in (PHONE, WIDE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            wrong += [
                f"{address} at {size['width']}: {one}"
                for one in barriers(page, contrast=size is WIDE)
            ]
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def parties() -> list[str]:
    """The English names of the demonstration's houses and dealers."""
    dealers = load(date(2026, 1, 1)).dealers
    return [*(house[3] for house in HOUSES.values()), *(one.short_name for one in dealers)]


@pytest.mark.parametrize("desk", PEOPLE)
def test_chinese_pages_fit_and_speak_chinese(sit: Opener, parties: list[str], desk: str) -> None:
    page, wrong = sit(PEOPLE[desk], language="zh-hans"), []
    for address in all_pages(page):
        # A notice keeps the names of parties as they were written into it.
        names = parties if address.startswith("/inbox") else ()
        wrong += [f"{address}: {line}" for line in english(page, names)]
        wrong += too_wide(page, address)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("desk", ["dealer", "bank"])
def test_at_night_the_colours_still_tell(sit: Opener, desk: str) -> None:
    page, wrong = sit(PEOPLE[desk], color_scheme="dark"), []
    for address in ("/", "/deals"):
        page.goto(address)
        wrong += barriers(page)
    page.locator("main td a.nw").first.click()
    page.wait_for_url("**/deals/*")
    wrong += barriers(page)
    assert not wrong, "\n".join(wrong)
