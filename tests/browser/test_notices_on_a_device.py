"""Notices on a device: asked for on the page, shown by the service worker, and gone at sign-out.

The browser is real, its push service is not: Chromium asks Google's for a subscription, which
nobody can reach here. So what that service would answer is put in its place, and a message comes
in by the developer tools; what it says on the way is `tests/kernel/test_push.py`.
"""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect
from tests.browser.conftest import Opener
from tests.browser.sights import PHONE, barriers, overflow

DEALER = "owner@d003.demo"
SERVICE = """
  const told = { endpoint: "https://push.example.org/s/1", keys: %s };
  PushManager.prototype.subscribe = async (wanted) => {
    if (!wanted.userVisibleOnly || wanted.applicationServerKey.length !== 65) throw wanted;
    return { toJSON: () => told };
  };
"""
KEYS = {  # RFC 8291, appendix A: a browser's public key and secret
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
BUTTON = "form[data-push] button"
SHOWN = """navigator.serviceWorker.ready
  .then((here) => here.getNotifications())
  .then((all) => all.map((one) => [one.title, one.body, one.tag, one.data.link]))"""


def test_a_device_is_entered_and_may_be_dropped(sit: Opener) -> None:
    page = sit(DEALER, size=PHONE)
    page.context.add_init_script(SERVICE % json.dumps(KEYS))
    ready(page)
    page.click(BUTTON)
    expect(page.locator("main")).to_contain_text("Chrome · Linux")
    assert overflow(page) == ""
    assert barriers(page) == []
    page.locator("form[action$='/drop'] button").click()
    expect(page.locator("main")).not_to_contain_text("Chrome · Linux")


def test_a_browser_that_says_no_is_told_so(sit: Opener) -> None:
    page = sit(DEALER, language="zh-hans")
    page.context.add_init_script("PushManager.prototype.subscribe = () => Promise.reject('no');")
    ready(page)
    expect(page.locator("[data-problem]")).to_be_hidden()
    page.click(BUTTON)
    expect(page.locator("[data-problem]")).to_be_visible()
    assert barriers(page) == []


def test_a_message_is_shown_with_its_words(sit: Opener) -> None:
    page = sit(DEALER, size=PHONE)
    page.context.grant_permissions(["notifications"])
    ready(page)
    said = {
        "text": "SO-2611-000001: the goods are free",
        "link": "/deals/SO-2611-000001",
        "tag": "7",
    }
    push(page, said)
    page.wait_for_function(f"{SHOWN}.then((all) => all.length === 1)")
    assert page.evaluate(SHOWN) == [["Heliu", said["text"], said["tag"], said["link"]]]
    push(page, said | {"text": "SO-2611-000001: fetched"})  # of the same thing: in its place
    page.wait_for_function(f"{SHOWN}.then((all) => all.some((one) => one[1].endsWith('fetched')))")
    assert len(page.evaluate(SHOWN)) == 1


def ready(page: Page) -> None:
    """On the page of notices, with the service worker at work."""
    page.goto("/inbox/outward")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def push(page: Page, said: dict[str, str]) -> None:
    """A message of the house reaches the browser."""
    tools = page.context.new_cdp_session(page)
    registered: list[dict[str, Any]] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registered.extend(told["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    while not registered:
        page.wait_for_timeout(50)
    message = {
        "origin": page.evaluate("location.origin"),
        "registrationId": registered[-1]["registrationId"],
        "data": json.dumps(said),
    }
    tools.send("ServiceWorker.deliverPushMessage", message)
    tools.detach()
