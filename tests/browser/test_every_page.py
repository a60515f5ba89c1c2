"""Every page that links lead to, at every desk: it fits, and everybody can use it."""

from __future__ import annotations

import pytest
from tests.browser.conftest import Opener
from tests.browser.people import PEOPLE
from tests.browser.sights import (
    ALL,
    OF_WIDTH,
    PHONE,
    WIDE,
    all_pages,
    barriers,
    in_whole,
    shorten,
    too_wide,
)


@pytest.mark.parametrize("desk", PEOPLE)
def test_pages_fit_and_everybody_can_use_them(sit: Opener, desk: str) -> None:
    page, wrong = sit(PEOPLE[desk]), []
    for address in all_pages(page):
        wrong += too_wide(page, address)
        shorten(page)
        # On a phone what the width changes, and once on each desk the frame that all pages share.
        for size, rules in ((WIDE, ALL), (PHONE, ALL if address == "/" else OF_WIDTH)):
            in_whole(page, size)  # type: ignore[arg-type]
            wrong += [f"{address} at {size['width']}: {one}" for one in barriers(page, rules)]
    assert not wrong, "\n".join(wrong)


def test_the_page_for_programmers_fits_and_can_be_used(sit: Opener) -> None:
    page, wrong = sit(PEOPLE["dealer"]), []
    page.goto("/api/docs")
    assert page.url.endswith("/api/v1/docs")
    page.locator("details.route").first.evaluate("(route) => { route.open = true }")
    wrong += too_wide(page, "/api/v1/docs")
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wrong += [f"at {size['width']}: {one}" for one in barriers(page, ALL)]
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
