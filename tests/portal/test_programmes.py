"""How a bank finances, by its form; and what the seller reads of it."""

from __future__ import annotations

import re

from tests.portal.browsing import browser, key_in, read, send
from tests.trade.conftest import World

BANK = "credit@bank.demo"
BILL = {
    "instrument": "ACCEPTANCE_BILL", "deposit_mode": "CASH_MARGIN",
    "release_mode": "DEPOSIT_FIRST", "seller_duty": "BUY_BACK", "buy_back_share": "62.5",
}  # fmt: skip


def test_the_form_changes_it_and_the_seller_reads_it(demo: World) -> None:
    here = f"/bank/programmes/{demo.chain.programme}"
    officer = browser(BANK)
    assert here in read(officer, "/bank/programmes")
    key = key_in(read(officer, here))
    wrong = officer.post(here, {**BILL, "deposit_mode": "DOWN_PAYMENT", "idempotency_key": key})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "A bill rests on a margin." in page
    assert 'value="62.5"' in page
    assert 'value="ACCEPTANCE_BILL" checked' in page
    send(officer, here, {**BILL, "idempotency_key": key_in(page)}, to="/bank/programmes")
    seller = browser("sales@seller.demo")
    offer = re.findall(r"/seller/programmes/offers/[0-9a-f-]+", read(seller, "/seller/programmes"))
    page = read(seller, offer[0])
    assert "62.5%" in page
    assert "62.5%" not in read(officer, "/bank/programmes")
    wrong = seller.post(offer[0], {"answer": "no", "idempotency_key": key_in(page)})
    assert wrong.status_code == 422
    yes = {"answer": "yes", "idempotency_key": key_in(wrong.content.decode())}
    send(seller, offer[0], yes, to="/seller/programmes")
    for email, address in ((BANK, "/bank/programmes"), ("sales@seller.demo", "/seller/programmes")):
        page = read(browser(email), address)
        assert "An accepted bill, paid on its due day" in page
        assert "62.5%" in page
    assert "Return on capital" not in page  # what the bank reckons with is not the seller's


def test_who_may_not_overrule_reads_it_and_has_no_form(demo: World) -> None:
    reviewer = browser("review@bank.demo")
    here = f"/bank/programmes/{demo.chain.programme}"
    assert f'"{here}"' not in read(reviewer, "/bank/programmes")
    assert reviewer.get(here).status_code == 403


def test_a_new_programme_is_written_put_right_and_brought_into_force(demo: World) -> None:
    officer = browser(BANK)
    page = read(officer, "/bank/programmes/new")
    form = dict(re.findall(r'<input id="(\w+)" name="\w+"[^>]* value="([^"]*)"', page))
    form |= {
        "name": "Short loans", "name_zh": "短期贷", "seller": str(demo.chain.seller),
        "instrument": "LOAN", "deposit_mode": "DOWN_PAYMENT", "release_mode": "PROPORTIONAL",
        "seller_duty": "NONE", "day_count": "ACT/360", "days_options": "60, 30",
        "deposit_by": "COLLECTED",
    }  # fmt: skip
    wrong = officer.post("/bank/programmes/new", {**form, "idempotency_key": key_in(page)})
    said = wrong.content.decode()
    assert wrong.status_code == 422
    assert 'value="60, 30"' in said
    assert "the smallest first" in said
    key = key_in(said)
    done = officer.post(
        "/bank/programmes/new", {**form, "days_options": "30, 60", "idempotency_key": key}
    )
    draft = done["Location"]
    page = read(officer, draft)
    assert "it is in force at once" in page
    send(officer, f"{draft}/send", {"idempotency_key": key_in(page)}, to="/bank/programmes")
    assert "Short loans" in read(officer, "/bank/programmes")
    assert "Short loans" in read(browser("sales@seller.demo"), "/seller/programmes")
