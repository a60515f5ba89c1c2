"""A company signs up at night, is verified by rule, takes its first steps and comes back."""

from __future__ import annotations

import email
import email.policy
import re
import time
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from tests.browser.hands import words
from tests.browser.sights import PHONE, WIDE, barriers, overflow

from heliu.kernel.joining.sandbox.samples import OPEN

PASSWORD = "a long walk by the river"
CHOSEN = {"#password": PASSWORD, "#again": PASSWORD}


def test_signed_up_verified_and_at_work(address: str, browser: Browser, mailbox: Path) -> None:
    page = visitor(browser, address)
    page.goto("/join/")
    fields = {
        "#name": OPEN.name, "#number": OPEN.number, "#contact": OPEN.representative,
        "#email": "lin@night.example",
    }  # fmt: skip
    looked_at(page)
    fill(page, fields)
    page.wait_for_url("**/join/sent")
    page.goto(link_in(mailbox, to="lin@night.example"))
    looked_at(page)
    fill(page, CHOSEN)
    page.wait_for_url("**/company/joining")
    admitted(page)
    looked_at(page)
    page.goto("/company/joining/address")
    fill(page, {"#city": "宁波", "#address": OPEN.address})
    page.wait_for_url("**/company/joining")
    page.goto("/company/people")
    looked_at(page)
    page.goto("/dealer/catalogue")
    expect(page.locator("main table").first).to_be_visible()
    back = visitor(browser, address)
    back.goto("/sign-in/")
    fill(back, {"#email": "lin@night.example", "#password": PASSWORD})
    back.wait_for_url("**/dealer/")


def visitor(browser: Browser, address: str) -> Page:
    context = browser.new_context(base_url=address, viewport=WIDE, locale="zh-hans")  # type: ignore[arg-type]
    context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": "zh-hans", "url": address}]
    )
    return context.new_page()


def fill(page: Page, fields: dict[str, str]) -> None:
    for field, value in fields.items():
        page.fill(field, value)
    page.click("main form button.pri")


def admitted(page: Page) -> None:
    """The worker asks the register within seconds."""
    end = time.monotonic() + 60
    while words("zh-hans", "Done") not in page.inner_text("main table"):
        assert time.monotonic() < end
        page.wait_for_timeout(500)
        page.reload()


def looked_at(page: Page) -> None:
    """It fits a phone, and everybody can use it."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert overflow(page) == ""
    assert barriers(page) == []
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def link_in(mailbox: Path, *, to: str) -> str:
    """Where the mail to an address leads."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for file in mailbox.glob("*"):
            text = file.read_text(encoding="utf-8").partition("-" * 79)[0]
            mail = email.message_from_string(text, policy=email.policy.default)
            found = re.search(r"(/join/confirm/\S+)", str(mail.get_content()))
            if mail["To"] == to and found:
                return found[1]
        time.sleep(0.5)
    raise AssertionError(f"no mail came to {to}")
