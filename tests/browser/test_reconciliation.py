"""The bank's officer looks whether the statements of the bank and the payments of the books agree."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from playwright.sync_api import expect
from tests.browser.conftest import Opener
from tests.browser.people import PEOPLE
from tests.browser.sights import PHONE, WIDE, barriers, overflow
from tests.conftest import be

from heliu.kernel import clock
from heliu.trade.reconcile_days import reconcile_days

WORDS = {"en": ("Matched", "agrees"), "zh-hans": ("相符", "相符")}


@pytest.mark.parametrize("language", WORDS)
def test_a_day_of_an_account_is_opened_entry_by_entry(
    town: str, sit: Opener, language: str
) -> None:
    base = connection.settings_dict["NAME"]
    be("heliu_worker", town)
    reconcile_days(at=clock.now())  # ended days only, each once
    be("heliu_web", base)
    page = sit(PEOPLE["bank"], language=language)
    page.goto("/bank/reconciliation")
    page.locator("table.grid td a", has_text=re.compile(r"^\d+$")).last.click()
    matched, agrees = WORDS[language]
    expect(page.locator("#lines dl .pill")).to_have_text(agrees)
    expect(page.locator("#lines tbody .pill").first).to_have_text(matched)
    expect(page.locator("table.grid a[aria-current=true]")).to_have_count(1)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert overflow(page) == ""
        assert barriers(page) == []
