"""How a bank finances, by its form; and what the seller reads of it."""

from __future__ import annotations

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
