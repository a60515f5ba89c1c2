"""A passkey is made and opens the desk alone; an app is scanned, and asked for beside the password.

The authenticator is Chromium's own virtual one (CDP WebAuthn)."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.sights import PHONE, WIDE, barriers, overflow

from heliu.demo.chain import PASSWORD, REVIEWER
from heliu.kernel.access import totp

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def page(browser: Browser, address: str) -> Page:
    """A browser with a device of its own; passkeys are bound to a name, so not to 127.0.0.1."""
    here = address.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=here, viewport=WIDE, locale="en")  # type: ignore[arg-type]
    context.add_cookies([{"name": "django_language", "value": "en", "url": here}])
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def test_a_passkey_and_an_app_open_the_desk(page: Page) -> None:
    by_password(page)
    page.goto("/account/security")
    looked_at(page)
    page.fill("#passkey-name", "Desk key")
    page.click("#passkey form button")
    expect(page.locator("main table").first).to_contain_text("Desk key")
    out(page)
    page.click("form[data-passkey] button")
    page.wait_for_url("**/bank/**")
    page.goto("/account/security")
    expect(page.locator("main")).to_contain_text("Passkey")

    typed = page.locator("#app code").inner_text()
    secret = base64.b32decode(typed + "=" * (-len(typed) % 8))
    used = totp.step_of(datetime.now(UTC))
    page.fill("#code", totp.code_at(secret, used))
    page.click("#app button")
    expect(page.locator("#codes code")).to_have_count(10)
    recovery = page.locator("#codes code").first.inner_text()
    looked_at(page)
    out(page)
    by_password(page)
    page.wait_for_url("**/sign-in/second")
    looked_at(page)
    while (step := totp.step_of(datetime.now(UTC))) <= used:
        time.sleep(1)
    page.fill("#code", totp.code_at(secret, step))
    page.click("form:has(#code) button")
    page.wait_for_url("**/bank/**")
    out(page)
    by_password(page)
    page.fill("#code", recovery)
    page.click("form:has(#code) button")
    page.wait_for_url("**/bank/**")
    page.goto("/account/security")
    for _ in range(2):  # as others find this person: with a password alone
        page.click("button[name=factor] >> nth=0")
        page.wait_for_load_state()
    expect(page.locator("button[name=factor]")).to_have_count(0)


def by_password(page: Page) -> None:
    page.goto("/sign-in/")
    page.fill("#email", REVIEWER[0])
    page.fill("#password", PASSWORD)
    page.click("form:has(#password) button")
    page.wait_for_url(lambda url: "/sign-in/" not in url or url.endswith("/second"))


def out(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")
    page.goto("/sign-in/")


def looked_at(page: Page) -> None:
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert overflow(page) == ""
    assert barriers(page) == []
