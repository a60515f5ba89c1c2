"""Every page that links lead to, at every desk: it fits, everybody can use it, in one language."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import PHONE, WIDE, Opener
from tests.browser.people import PEOPLE
from tests.browser.sights import all_pages, barriers, english, overflow, shorten

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


@pytest.mark.parametrize("desk", PEOPLE)
def test_chinese_pages_fit_and_speak_chinese(sit: Opener, desk: str) -> None:
    page, wrong = sit(PEOPLE[desk], language="zh-hans"), []
    for address in all_pages(page):
        wrong += [f"{address}: {line}" for line in english(page)] + too_wide(page, address)
    assert not wrong, "\n".join(wrong)
