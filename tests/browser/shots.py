"""Pictures of all pages to look at, in both languages, wide and on the phone: scripts/shots.

Not collected by itself; the pictures go to the folder shots.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.browser.conftest import Opener
from tests.browser.people import PEOPLE
from tests.browser.sights import PHONE, WIDE, all_pages

ROOT = Path(__file__).parents[2]
SHOTS, PICTURES = ROOT / "shots", ROOT / "docs" / "pictures"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("desk", PEOPLE)
def test_pictures(sit: Opener, desk: str, language: str) -> None:
    page = sit(PEOPLE[desk], language=language)
    for address in all_pages(page):
        name = re.sub(r"\W+", "-", address).strip("-") or "home"
        for size in (WIDE, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.screenshot(
                path=SHOTS / language / f"{desk}-{name[:60]}-{size['width']}.png", full_page=True
            )
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def test_pictures_of_the_readme(sit: Opener) -> None:
    dealer = sit(PEOPLE["dealer"], size={"width": 1440, "height": 960})
    dealer.goto("/deals")
    dealer.locator("tr:has(.pill:text-is('Partly released')) a.nw").first.click()
    dealer.screenshot(path=PICTURES / "deal.png")
    bank = sit(PEOPLE["bank"], size={"width": 1440, "height": 900})
    bank.goto("/bank/")
    bank.screenshot(path=PICTURES / "queue.png")
