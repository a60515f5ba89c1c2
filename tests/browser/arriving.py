"""How somebody comes who has no log-in yet: a browser of one's own, forms, links in mails."""

from __future__ import annotations

import email
import email.policy
import re
import time
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser, Page
from tests.browser.hands import words
from tests.browser.sights import PHONE, WIDE, barriers, overflow

PASSWORD = "a long walk by the river"
CHOSEN = {"#password": PASSWORD, "#again": PASSWORD}
LANGUAGE = "zh-hans"


def visitor(browser: Browser, address: str, size: dict[str, int] = WIDE) -> Page:
    """A browser in which nobody has signed in."""
    context = browser.new_context(base_url=address, viewport=size, locale=LANGUAGE)  # type: ignore[arg-type]
    context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": LANGUAGE, "url": address}]
    )
    return context.new_page()


def fill(page: Page, fields: dict[str, str]) -> None:
    """Fill in the form of a page and send it."""
    for field, value in fields.items():
        page.fill(field, value)
    page.click("main form button.pri")


def admitted(page: Page) -> None:
    """The worker asks the register within seconds."""
    end = time.monotonic() + 60
    while words(LANGUAGE, "Done") not in page.inner_text("main table"):
        assert time.monotonic() < end
        page.wait_for_timeout(500)
        page.reload()


def looked_at(page: Page, name: str = "", *, is_long: bool = False) -> None:
    """It fits a phone and everybody can use it; of a long page, whose like others look at, only
    whether it fits."""
    before = page.viewport_size
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert overflow(page) == "", name
    if not is_long:
        assert barriers(page) == [], name
    if before:
        page.set_viewport_size(before)


def link_in(mailbox: Path, *, to: str) -> str:
    """Where the newest mail to an address leads."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for file in sorted(mailbox.glob("*"), reverse=True):
            text = file.read_text(encoding="utf-8").partition("-" * 79)[0]
            mail = email.message_from_string(text, policy=email.policy.default)
            found = re.search(r"(/join/[a-z]+/\S+)", str(mail.get_content()))
            if mail["To"] == to and found:
                return found[1]
        time.sleep(0.5)
    raise AssertionError(f"no mail came to {to}")
