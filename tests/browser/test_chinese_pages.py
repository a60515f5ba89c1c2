"""Every page at every desk in Chinese: it fits, and it speaks no English."""

from __future__ import annotations

from datetime import date

import pytest
from tests.browser.conftest import Opener
from tests.browser.people import PEOPLE
from tests.browser.sights import all_pages, english, too_wide

from heliu.demo.abroad import OWNER
from heliu.demo.chain import HOUSES, OTHER_BANK
from heliu.demo.sample import load


@pytest.fixture(scope="module")
def parties() -> list[str]:
    """The English names of the demonstration's houses and dealers."""
    dealers = load(date(2026, 1, 1)).dealers
    return [
        OTHER_BANK[3],
        *(house[3] for house in HOUSES.values()),
        *(one.short_name for one in dealers),
    ]


@pytest.mark.parametrize("desk", PEOPLE)
def test_chinese_pages_fit_and_speak_chinese(sit: Opener, parties: list[str], desk: str) -> None:
    page, wrong = sit(PEOPLE[desk], language="zh-hans"), []
    for address in all_pages(page):
        # A notice keeps the names of parties as they were written into it.
        names = [OWNER, *(parties if address.startswith("/inbox") else ())]
        wrong += [f"{address}: {line}" for line in english(page, names)]
        wrong += too_wide(page, address)
    assert not wrong, "\n".join(wrong)
