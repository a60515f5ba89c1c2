"""An order from the first page to the signature without a mouse."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.browser.conftest import Opener
from tests.browser.people import PEOPLE


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until something has the focus, as a person would; it can be seen that it has."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            seen = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert seen != "none", f"{selector} has the focus and does not show it"
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


def test_an_order_without_a_mouse(sit: Opener) -> None:
    page = sit(PEOPLE["dealer"])
    with page.expect_navigation():
        keys(page, "g", "o")
    assert page.url.endswith("/dealer/pad")

    tab_to(page, "a.skip", most=1)
    keys(page, "Enter")
    tab_to(page, "input[name=code]")
    page.keyboard.type("85099B")
    keys(page, "Enter")
    page.keyboard.type("30")
    keys(page, "Enter")
    page.keyboard.type("no such thing")
    keys(page, "Enter")
    page.keyboard.type("100")
    expect(page.locator("#row-1-sum")).to_have_text(re.compile(r"\d"))
    expect(page.locator("#row-2")).to_have_class(re.compile("err"))
    keys(page, "ArrowUp")
    assert page.evaluate("document.activeElement.value") == "30"

    keys(page, "F8")
    assert page.evaluate("document.activeElement.value") == "no such thing"
    keys(page, "Control+A")
    page.keyboard.type("22386")
    expect(page.locator("#row-2-sum")).to_have_text(re.compile(r"\d"))
    with page.expect_navigation():
        keys(page, "Control+Enter")
    assert "/dealer/checkout" in page.url

    tab_to(page, "input[name=terms]")
    with page.expect_navigation():
        keys(page, "ArrowRight")
    with page.expect_navigation():
        keys(page, "Control+Enter")
    assert page.url.endswith("/sign")

    tab_to(page, "input[name=consent]")
    keys(page, "Space", "Tab")
    page.keyboard.type(page.get_attribute("#signature", "placeholder") or "")
    with page.expect_navigation():
        keys(page, "Control+Enter")
    assert re.search(r"/deals/DL-\d+-\d+$", page.url)


def test_find_keys_and_menus(sit: Opener) -> None:
    page = sit(PEOPLE["dealer"])
    keys(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    keys(page, "Escape")
    expect(page.locator("#keys")).to_be_hidden()
    keys(page, "Control+K")
    page.keyboard.type("DL-")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("SO-")
    keys(page, "Escape")
    expect(page.locator("#palette [role=option]")).to_have_count(0)
    with page.expect_navigation():
        keys(page, "Enter")
    assert "/find?q=DL-" in page.url
    found = page.url
    keys(page, "Control+K")
    page.keyboard.type("pick-ups")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Pick-ups")
    with page.expect_navigation():
        keys(page, "Enter")
    assert page.url.endswith("/dealer/pick-ups")
    page.goto(found)
    keys(page, "j")
    with page.expect_navigation():
        keys(page, "Enter")
    assert "/deals/" in page.url
    tab_to(page, "summary.who")
    keys(page, "Enter")
    expect(page.locator("details.menu[open]")).to_have_count(1)
    keys(page, "Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)
