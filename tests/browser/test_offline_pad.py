"""The dealer's phone in a cellar: the pad is opened and filled without network, and sent after."""

from __future__ import annotations

import re

from playwright.sync_api import APIResponse, Page, Route, expect
from tests.browser.conftest import Opener
from tests.browser.sights import PHONE, barriers, overflow

DEALER = "owner@d002.demo"


def goods(page: Page) -> list[str]:
    """Codes of goods that can be had."""
    page.goto("/dealer/catalogue")
    free = page.locator("tbody tr:not(:has(.warn)) td.lead .code")
    return [text.strip() for text in free.all_inner_texts()[:3]]


def row(page: Page, n: int) -> tuple[str, str]:
    return tuple(  # type: ignore[return-value]
        page.locator(f"#row-{n} input[name={name}]").input_value() for name in ("code", "quantity")
    )


def settled(page: Page, n: int) -> None:
    expect(page.locator(f"#row-{n}-sum")).to_have_text(re.compile(r"\d"))
    expect(page.locator("#pad-kept")).to_be_hidden()


def cut(page: Page, *, off: bool) -> None:
    """The network goes or comes. A page just opened may send before the browser cuts it, too."""
    if off:
        page.context.route("**/dealer/pad/**", lambda route: route.abort("internetdisconnected"))
    else:
        page.context.unroute_all()
    page.context.set_offline(off)


def test_the_pad_is_filled_without_network_and_sent_when_it_is_back(sit: Opener) -> None:
    page = sit(DEALER, size=PHONE)
    one, two, three = goods(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/dealer/pad")
    page.fill("#row-1 input[name=code]", one)
    page.fill("#row-1 input[name=quantity]", "2")
    settled(page, 1)
    page.reload()  # the worker keeps the page as it is now
    cut(page, off=True)
    page.reload()
    assert row(page, 1) == (one, "2")
    expect(page.locator("#pad-kept")).to_contain_text("Off line")
    page.fill("#row-1 input[name=quantity]", "3")
    page.fill("#row-2 input[name=code]", two)
    page.fill("#row-2 input[name=quantity]", "1")
    page.locator("#row-2 input[name=quantity]").press("Enter")
    page.wait_for_timeout(600)  # as long as somebody rests
    page.reload()
    assert (row(page, 1), row(page, 2)) == ((one, "3"), (two, "1"))
    assert overflow(page) == ""
    assert barriers(page) == []
    page.goto("/dealer/")
    expect(page.locator("h1")).to_have_text("No network")
    page.goto("/dealer/pad")
    assert row(page, 2) == (two, "1")
    other = sit(DEALER)  # the same person at the desk, meanwhile
    other.goto("/dealer/pad")
    other.fill("#row-1 input[name=quantity]", "5")
    other.fill("#row-2 input[name=code]", three)
    other.fill("#row-2 input[name=quantity]", "1")
    settled(other, 2)
    cut(page, off=False)
    settled(page, 2)
    expect(page.locator("#pad-band")).to_contain_text("Both stand here; nothing is lost")
    expect(page.locator("#row-1-hint")).to_contain_text("already")
    page.goto("/dealer/pad")
    assert [row(page, n) for n in (1, 2)] == [(one, "5"), (three, "1")]
    assert {row(page, n) for n in (3, 4)} == {(one, "3"), (two, "1")}


def test_a_row_is_taken_out_by_button_or_key_with_and_without_network(sit: Opener) -> None:
    page = sit("owner@d006.demo", size=PHONE)
    one, two, three = goods(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/dealer/pad")
    for n, code in enumerate((one, two, three), start=1):
        page.fill(f"#row-{n} input[name=code]", code)
        page.fill(f"#row-{n} input[name=quantity]", "24")
    settled(page, 3)
    page.reload()
    page.locator("#row-1 [data-out]").click()
    expect(page.locator("#row-1")).to_be_hidden()
    expect(page.locator("#row-2 input[name=code]")).to_be_focused()
    page.locator("[data-undo]").click()
    assert row(page, 1) == (one, "24")
    page.locator("#row-1 [data-out]").click()
    page.wait_for_timeout(600)  # as long as somebody rests
    settled(page, 2)
    page.reload()
    assert [row(page, n)[0] for n in (1, 2, 3)] == [two, three, ""]
    cut(page, off=True)
    page.locator("#row-1 input[name=quantity]").press("Control+Delete")
    expect(page.locator("#pad-kept")).to_contain_text("Off line")
    page.reload()  # what was kept on the device takes it out again
    expect(page.locator("#row-1")).to_be_hidden()
    cut(page, off=False)
    expect(page.locator("#pad-kept")).to_be_hidden()
    page.goto("/dealer/pad")
    assert [row(page, n)[0] for n in (1, 2)] == [three, ""]


def test_who_signs_out_leaves_no_page_behind(sit: Opener) -> None:
    page = sit(DEALER)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/dealer/pad")
    kept = "caches.open('heliu-pages').then((pages) => pages.match('/dealer/pad')).then(Boolean)"
    page.reload()
    assert page.evaluate(kept)
    page.locator("summary.who").click()
    page.locator("form[action='/sign-out/'] button").click()
    page.wait_for_url("**/sign-in/**")
    page.wait_for_function(f"{kept}.then((there) => !there)")


def test_a_phone_is_offered_heliu_for_its_home_screen(sit: Opener) -> None:
    page = sit(DEALER, size=PHONE)
    told = page.evaluate(
        "fetch(document.querySelector('link[rel=manifest]').href).then((a) => a.json())"
    )
    assert (told["display"], told["start_url"], told["scope"]) == ("standalone", "/", "/")
    for icon in told["icons"]:
        answer = page.request.get(icon["src"])
        assert answer.headers["content-type"] == "image/png"
        width = page.evaluate(
            "(src) => new Promise((done) => { const image = new Image();"
            " image.onload = () => done(image.naturalWidth); image.src = src; })",
            icon["src"],
        )
        assert icon["sizes"] == f"{width}x{width}"
    session = page.context.new_cdp_session(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert session.send("Page.getAppManifest")["errors"] == []
    against = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {one["errorId"] for one in against} <= {"in-incognito"}  # as each test's browser is


def test_a_form_sent_while_its_draft_is_under_way_brings_no_row_twice(sit: Opener) -> None:
    page = sit("owner@d004.demo", size=PHONE)
    one, two, *_ = goods(page)
    under_way: list[tuple[Route, APIResponse]] = []

    def slow(route: Route) -> None:
        under_way.append((route, route.fetch()))

    page.goto("/dealer/pad")
    page.fill("#row-1 input[name=code]", one)
    page.fill("#row-1 input[name=quantity]", "24")
    settled(page, 1)
    page.route("**/dealer/pad/price", slow, times=1)
    page.fill("#row-2 input[name=code]", two)
    page.fill("#row-2 input[name=quantity]", "1")
    while not under_way:  # the draft is kept, its answer is slow
        page.wait_for_timeout(50)
    page.fill("#row-2 input[name=quantity]", "12")
    with page.expect_navigation():
        page.locator("button[value=order]:visible").first.click(no_wait_after=True)
        for route, answer in under_way:  # it brings new buttons
            route.fulfill(response=answer)
    assert page.url.endswith("/dealer/checkout")
    page.goto("/dealer/pad")
    there = [row(page, n) for n in (1, 2, 3)]
    assert there == [(one, "24"), (two, "12"), ("", "")]
