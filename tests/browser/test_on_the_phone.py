"""Two journeys with one thumb: what to repay, and goods from the road to the gate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Opener
from tests.browser.hands import press
from tests.browser.people import PEOPLE
from tests.browser.sights import PHONE, barriers, overflow
from tests.pictures import png

LATE_DEALER = "owner@d004.demo"  # overdue; a part is repaid, the rest of the goods is bound
WAITING_DEALER = "owner@d003.demo"  # whose goods are on the road to the supervised warehouse


def test_a_dealer_tries_a_repayment_where_it_reads_what_it_owes(sit: Opener) -> None:
    page = sit(LATE_DEALER, size=PHONE)
    page.goto("/dealer/finance")
    expect(page.locator("main")).to_contain_text("overdue, since")
    expect(page.locator(".chart .narrow svg")).to_be_visible()
    page.locator("main a[hx-get]").first.click()
    wanted = page.locator("td.want input").first
    expect(wanted).to_be_visible()
    expect(page.locator(".htmx-added")).to_have_count(0)  # from now on it is heard
    wanted.fill("2")
    tried = page.locator(".tried")
    expect(tried.locator("tbody")).to_contain_text("2 of")
    assert "/dealer/finance" in page.url  # nothing was loaded anew
    assert overflow(page) == ""
    assert barriers(page) == []
    wanted.fill("3")
    expect(tried.locator("tbody")).to_contain_text("3 of")
    amount = tried.locator(".pay b").text_content() or ""
    press(tried.locator("a.btn.pri"))
    expect(page.locator("#amount")).to_have_value(amount)
    expect(page).to_have_url(re.compile(r"/deals/.*/repay\?amount="))


def test_the_same_without_javascript(sit: Opener) -> None:
    page = sit(LATE_DEALER, size=PHONE, java_script_enabled=False)
    page.goto("/dealer/finance")
    press(page.locator("main a[hx-get]").first)
    page.locator("td.want input").first.fill("2")
    press(page.locator("form:has(td.want) button"))
    expect(page.locator(".tried h2")).to_contain_text("come free")
    expect(page.locator(".pay b")).to_be_visible()
    press(page.locator(".pay a"))
    expect(page).to_have_url(re.compile(r"/repay\?amount="))


@pytest.mark.parametrize("is_scripted", [False, True])
def test_a_carrier_from_the_road_to_the_gate(
    sit: Opener, tmp_path: Path, is_scripted: bool
) -> None:
    """The first without JavaScript says what is wrong; the second hands over with a signature."""
    page = sit(PEOPLE["carrier"], size=PHONE, java_script_enabled=is_scripted)
    page.goto("/carrier/?tab=way")
    address = page.locator("tbody a.nw").last.get_attribute("href") or ""
    page.goto(address)
    if is_scripted:
        hand_over(page)
        expect(page.locator("#proof img")).to_be_visible()
        expect(page.locator("#proof")).to_contain_text("周守仓")
        assert barriers(page) == []
        return
    press(page.locator(".taps button[value=OUT]"))
    expect(page.locator(".head .pill").first).to_have_text("Out for delivery")
    shot = tmp_path / "wet.png"
    shot.write_bytes(png())
    page.locator("details.more > summary").last.click()
    page.check("input[name=kind][value=DAMAGED]")
    page.fill("#note", "two cartons wet")
    page.set_input_files("#photos", shot)
    press(page.locator("form:has(#note) button.pri"))
    expect(page.locator("#exceptions")).to_contain_text("two cartons wet")
    expect(page.locator("#exceptions img")).to_be_visible()
    dealer = sit(WAITING_DEALER, size=PHONE)
    dealer.goto("/inbox")
    expect(dealer.locator("main")).to_contain_text("on their way: Damaged")
    press(page.locator("#exceptions button"))
    expect(page.locator("#exceptions button")).to_have_count(0)


def hand_over(page: Page) -> None:
    """The receiver's name, and a signature drawn with a finger."""
    page.locator("details.more > summary").first.click()
    page.fill("#receiver", "周守仓")
    box = page.locator(".pen canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 80, steps=4)
    page.mouse.move(box["x"] + 200, box["y"] + 30, steps=4)
    page.mouse.up()
    expect(page.locator("input[name=signature]")).to_have_value(re.compile("signature.png"))
    assert overflow(page) == ""
    press(page.locator("form:has(#receiver) button.pri"))
