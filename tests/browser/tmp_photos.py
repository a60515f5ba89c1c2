from pathlib import Path
import pytest
from tests.browser.people import PEOPLE
from tests.browser.sights import PHONE, WIDE
from heliu.demo.pictures import box
OUT = Path("/tmp/h_files_shots")

@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it(sit, language, tmp_path):
    OUT.mkdir(exist_ok=True)
    bad = tmp_path / "drawing.svg"; bad.write_text("<svg/>")
    good = tmp_path / "box.png"; good.write_bytes(box(dent=(60, 60)))
    def snap(page, name):
        for size in (WIDE, PHONE):
            page.set_viewport_size(size)
            page.screenshot(path=OUT / f"{language}-{name}-{size['width']}.png", full_page=True)
        page.set_viewport_size(WIDE)
    keeper = sit(PEOPLE["warehouse"], language=language)
    keeper.goto("/warehouse/counts?tab=all")
    link = keeper.locator("tr:has(td:has-text('6')) a.nw").first
    keeper.goto("/warehouse/receive")
    keeper.locator("tbody a.nw").first.click()
    q = keeper.locator("input[name^=good-]").first
    q.fill(str(int(q.input_value()) - 3))
    keeper.locator("input[name^=damaged-]").first.fill("2")
    keeper.locator("button.btn.pri.lg").click()
    keeper.wait_for_selector("#photos")
    snap(keeper, "count-1")
    keeper.set_input_files("#photos", [str(good), str(bad)])
    keeper.click("button[name=only]")
    keeper.wait_for_selector("ul.photos img")
    keeper.wait_for_timeout(300)
    snap(keeper, "count-2")
    bank = sit(PEOPLE["bank"], language=language)
    bank.goto("/inbox")
    snap(bank, "inbox")
    keeper.goto("/warehouse/counts?tab=all")
    for n in range(keeper.locator("tbody a.nw").count()):
        keeper.goto("/warehouse/counts?tab=all")
        keeper.locator("tbody a.nw").nth(n).click()
        keeper.wait_for_load_state()
        if keeper.locator("ul.photos img").count():
            break
    keeper.wait_for_timeout(300)
    snap(keeper, "counted")
    deal = keeper.locator("dd a[href^='/deals/DL']").last.get_attribute("href").split("/receipts")[0]
    bank.goto(deal); bank.wait_for_timeout(500)
    bank.locator("#photos").scroll_into_view_if_needed(); bank.wait_for_timeout(300)
    snap(bank, "deal")
    bank.locator("a[href*='/receipts/']").first.click()
    bank.wait_for_load_state(); bank.wait_for_timeout(300)
    snap(bank, "receipt")
    src = bank.locator("ul.photos a").first.get_attribute("href")
    bank.goto(src)
    snap(bank, "file")
