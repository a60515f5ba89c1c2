"""A company signs up at night, is verified by rule, takes its first steps and comes back."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect
from tests.browser.arriving import CHOSEN, PASSWORD, admitted, fill, link_in, looked_at, visitor

from heliu.kernel.joining.sandbox.samples import OPEN


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
